// Feeds many moving vehicles to a server over POST /api/fixes, as a gateway of another maker would: they are registered once,
// then each reports once a second, 1,000 in a request. For measuring the console; prints a line when it is under way, and every
// ten seconds how often each vehicle reported in them: less than once a second when the machine does not keep up.
//
// Input: CORDON_URL, CORDON_NAME and CORDON_PASSWORD of an administrator, CORDON_DEVICE_TOKEN (`cordon token add … --role
// device`), VEHICLES (30,000), DURATION_S (60).
import process from "node:process";

const { CORDON_URL: url, CORDON_NAME: name, CORDON_PASSWORD: password, CORDON_DEVICE_TOKEN: token } = process.env;
const vehicles = Number(process.env.VEHICLES ?? 30_000);
const seconds = Number(process.env.DURATION_S ?? 60);
const BATCH = 1_000;
const TELL_S = 10;
const CLASSES = ["hazmat", "goods", "ordinary", "resident", "emergency"];
// A square of half a degree around the demo's park.
const [LON, LAT, HALF] = [121.05, 30.6, 0.25];

// A connection that is closed between two requests is no failure of either.
async function patient(address, request) {
  try {
    return await fetch(address, request);
  } catch {
    return await fetch(address, request);
  }
}

async function send(path, body, headers) {
  const answer = await patient(url + path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
  return answer;
}

const idOf = (i) => `fed-${i}`;
const session = await send("/api/session", { name, password }, { origin: url });
const cookie = session.headers.get("set-cookie").split(";")[0];
for (let from = 0; from < vehicles; from += BATCH) {
  const features = Array.from({ length: Math.min(BATCH, vehicles - from) }, (_, i) => ({
    type: "Feature",
    id: idOf(from + i),
    geometry: null,
    properties: { plate: `浙F${String(from + i).padStart(5, "0")}`, class: CLASSES[(from + i) % CLASSES.length], company: "Fed" },
  }));
  try {
    await send("/ogc/collections/vehicles/items", { type: "FeatureCollection", features }, { cookie, origin: url });
  } catch (error) {
    // They are there from an earlier run.
    if (!/409/.test(String(error))) throw error;
  }
}

// Each drives around a circle of its own, so that every report is a move and none a jump.
const places = Array.from({ length: vehicles }, (_, i) => ({
  lon: LON + HALF * (((i * 7_919) % 10_007) / 5_003.5 - 1),
  lat: LAT + HALF * (((i * 104_729) % 10_009) / 5_004.5 - 1),
  turn: i,
}));
function fix(i, at) {
  const { lon, lat, turn } = places[i];
  const angle = (at / 1_000 + turn) / 20;
  return {
    vehicle: idOf(i),
    fixed_at: new Date(at).toISOString(),
    lon: Number((lon + 0.002 * Math.cos(angle)).toFixed(7)),
    lat: Number((lat + 0.002 * Math.sin(angle)).toFixed(7)),
    speed_kph: 40,
    heading_deg: ((Math.round(360 - (angle * 180) / Math.PI) % 360) + 360) % 360,
  };
}

let told = false;
const begin = Date.now();
let toldAt = begin;
for (let second = 0; second < seconds; second += 1) {
  const at = begin + second * 1_000;
  const batches = Array.from({ length: Math.ceil(vehicles / BATCH) }, (_, b) => b);
  await Promise.all(
    batches.map(async (b) => {
      const fixes = Array.from({ length: Math.min(BATCH, vehicles - b * BATCH) }, (_, i) => fix(b * BATCH + i, at));
      await send("/api/fixes", fixes, { authorization: `Bearer ${token}` });
    }),
  );
  if (!told) console.log("fed");
  told = true;
  if (second % TELL_S === TELL_S - 1) {
    console.log(`${((TELL_S * 1_000) / (Date.now() - toldAt)).toFixed(2)} reports/s of each`);
    toldAt = Date.now();
  }
  const early = begin + (second + 1) * 1_000 - Date.now();
  if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
}

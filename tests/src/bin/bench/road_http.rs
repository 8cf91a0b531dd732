//! `bench road-http`: how much later an answer about roads is here than it is worked out.
//!
//! A server is started, its network made of an extract and rescue resources put on it; one client then asks again and again
//! over one connection. The server says of every answer how long it was worked on (`Server-Timing`); what the client waited
//! beyond that is what HTTP adds: the request, the sign-in, the turn, the writing and the way back.

use crate::percentile::Times;
use anyhow::Context;
use clap::Args;
use cordon_data::import::osm;
use cordon_spatial::road::{JunctionId, Network};
use cordon_tests::random::Random;
use cordon_tests::roads::{at, await_ready};
use cordon_tests::server::{Server, cordon};
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// An OpenStreetMap extract.
    #[arg(long)]
    pbf: PathBuf,
    /// Questions of each kind.
    #[arg(long, default_value_t = 1_000)]
    rounds: usize,
    /// Rescue resources among which the nearest are sought.
    #[arg(long, default_value_t = 120)]
    resources: usize,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// Questions that are asked first and not counted.
const WARM_UP: usize = 50;
/// Questions without an answer, for want of a way between their places, that are left out beside those that are counted.
const WITHOUT_ANSWER: usize = 100;

/// Measures and prints.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let (mut draft, _) = osm::read(&std::fs::read(&options.pbf)?)?;
    let (network, _) = Network::build(&mut draft)?;
    let mut random = Random::seeded("bench road-http");
    let mut place = || network.junction(JunctionId(random.below(network.junction_count() as u64) as u32));
    let server = Server::start();
    let (pbf, folder) = (options.pbf.to_str().context("a file name that is text")?, server.folder());
    let folder = folder.to_str().context("a folder name that is text")?;
    let built = cordon(&["roads", "build", pbf, "--data", folder], "");
    anyhow::ensure!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    await_ready(&server);
    let api = server.api();
    let features: Vec<Value> = (0..options.resources)
        .map(|number| {
            let place = place();
            let geometry = json!({"type": "Point", "coordinates": [place.lon(), place.lat()]});
            json!({"type": "Feature", "geometry": geometry, "properties": {"name": format!("队伍 {number}")}})
        })
        .collect();
    for feature in &features {
        api.post("/ogc/collections/resources/items", feature).expect(201);
    }
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let client = Client { agent, base: format!("http://{}/api/roads", server.http), token: server.token.clone() };
    let mut table = Map::new();
    let mut measure = |name: &str, ask: &mut dyn FnMut() -> Value, to: &str| -> anyhow::Result<()> {
        let (mut waited, mut added) = (Times::default(), Times::default());
        let mut refused = 0;
        for round in 0..options.rounds + WARM_UP {
            let Some((all, worked)) = client.ask(to, &ask())? else {
                refused += 1;
                anyhow::ensure!(refused < WITHOUT_ANSWER + options.rounds, "{name}: hardly a question has an answer");
                continue;
            };
            if round >= WARM_UP {
                waited.add(all);
                added.add(all.saturating_sub(worked));
            }
        }
        let both = |times: &mut Times| json!([times.percentile_ms(0.5), times.percentile_ms(0.99)]);
        table.insert(name.to_owned(), json!({"waited_ms": both(&mut waited), "added_ms": both(&mut added)}));
        Ok(())
    };
    let profile = "car";
    measure("route", &mut || json!({"from": at(place()), "to": at(place()), "profile": profile}), "route")?;
    measure("nearest_10", &mut || json!({"to": at(place()), "count": 10, "profile": profile}), "nearest")?;
    let mut matrix = || {
        let mut ten = || (0..10).map(|_| at(place())).collect::<Vec<Value>>();
        json!({"from": ten(), "to": ten(), "profile": profile})
    };
    measure("matrix_10_x_10", &mut matrix, "matrix")?;
    if options.json {
        println!("{}", Value::Object(table));
        return Ok(());
    }
    println!("p50 / p99, ms                waited             added by HTTP (goal 0.5)");
    for (name, figures) in &table {
        let two = |of: &str| {
            let ms = |nth: usize| figures[of][nth].as_f64().unwrap_or(f64::NAN);
            format!("{:.3} / {:.3}", ms(0), ms(1))
        };
        println!("{name:<28} {:<18} {}", two("waited_ms"), two("added_ms"));
    }
    Ok(())
}

struct Client {
    agent: ureq::Agent,
    base: String,
    token: String,
}

impl Client {
    /// Asks; how long the answer was waited for and worked on, `None` when there is none between these places.
    fn ask(&self, to: &str, question: &Value) -> anyhow::Result<Option<(Duration, Duration)>> {
        let body = question.to_string();
        let began = Instant::now();
        let request = self.agent.post(format!("{}/{to}", self.base));
        let request = request.header("Authorization", format!("Bearer {}", self.token));
        let mut response = request.header("Content-Type", "application/json").send(&body)?;
        let text = response.body_mut().read_to_string()?;
        let waited = began.elapsed();
        match response.status().as_u16() {
            200 => {}
            422 => return Ok(None),
            status => anyhow::bail!("{to}: {status}: {text}"),
        }
        let timing = response.headers().get("server-timing").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let worked_ms: f64 = timing.strip_prefix("roads;dur=").context("an answer says how long it took")?.parse()?;
        Ok(Some((waited, Duration::from_secs_f64(worked_ms / 1e3))))
    }
}

/**
 * The signs of things on the map, drawn here and nowhere else: a plate whose shape says what sort of thing it is, and a
 * picture that says which. The same paths become map images and the legend's pictures.
 *
 * The sorts follow GB/T 35649 (things in danger, things to protect, forces and means, ways in); the drawings are our own.
 * Paths are in a square of 24, filled by the even-odd rule.
 */

/** Diamond: may do harm. Circle: is to be protected. Rounded square: helps. Square: a way in. */
export type Plate = 'diamond' | 'circle' | 'rounded' | 'square';
/** Which of the palette's pairs of colours the plate takes. */
export type Tone = 'hazard' | 'target' | 'rescue' | 'gate' | 'gateControlled' | 'gateClosed';

export interface Sign {
  plate: Plate;
  tone: Tone;
  picture: string;
}

const FLAME = 'M12.6 2c.6 3.4 5.4 6 5.4 11.4A6 6 0 0 1 6 13.4c0-2.2 1-3.8 2.4-5 .2 1.6.8 2.6 1.8 3C10 8.2 10.6 4.4 12.6 2z';
const CLOUD = 'M7 17a4 4 0 0 1-.4-8A5.5 5.5 0 0 1 17 8.4 4.4 4.4 0 0 1 16.8 17zM8 19h3v2.4H8zM13 19h3v2.4h-3z';
const SKULL =
  'M12 2.5c4.6 0 8 3.2 8 7.3 0 2.9-1.5 4.7-4 5.7v4.5H8v-4.5c-2.5-1-4-2.8-4-5.7 0-4.1 3.4-7.3 8-7.3zM8.7 8a2.1 2.1 0 1 0 0 4.2 2.1 2.1 0 0 0 0-4.2zM15.3 8a2.1 2.1 0 1 0 0 4.2 2.1 2.1 0 0 0 0-4.2zM12 12.6l1.2 2.4h-2.4z';
const DRIP = 'M12 2c2.2 3.4 4.2 5.6 4.2 8a4.2 4.2 0 0 1-8.4 0C7.8 7.6 9.8 5.4 12 2zM3 17h5l2 2h4l2-2h5v4.5H3z';
const FLAME_RING =
  'M12.4 1.5c.4 2.6 4 4.2 4 7.9a4.4 4.4 0 0 1-8.8 0c0-1.6.7-2.7 1.7-3.6.2 1.1.6 1.8 1.3 2.1-.1-2.3.4-4.6 1.8-6.4zM12 13.6a4.6 4.6 0 1 1 0 9.2 4.6 4.6 0 0 1 0-9.2zM12 16a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z';
const BURST = 'M12 1.5l2 6.2 5.2-4-2.8 5.9 6.1.9-5.6 2.6 4.3 4.6-6-1.6.3 6.4-3.5-5.3-3.5 5.3.3-6.4-6 1.6 4.3-4.6-5.6-2.6 6.1-.9-2.8-5.9 5.2 4z';
const TANK = 'M12 3c4.7 0 8 1.3 8 3v12c0 1.7-3.3 3-8 3s-8-1.3-8-3V6c0-1.7 3.3-3 8-3zM6.5 9.5v2.4c3.3 1.3 7.7 1.3 11 0V9.5c-3.3 1.2-7.7 1.2-11 0z';
const MASK =
  'M12 2.5c4.4 0 7 2.8 7 6.8 0 2.6-.8 4-1.6 5.8l3 2.6-2.3 3.3-3.3-2c-.8.6-1.7 1-2.8 1s-2-.4-2.8-1l-3.3 2-2.3-3.3 3-2.6C5.8 13.3 5 11.9 5 9.3c0-4 2.6-6.8 7-6.8zM8.8 7.6a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM15.2 7.6a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM10 13.6v3h4v-3z';
const AMBULANCE =
  'M1.5 6h13v3.5h4l4 4V18h-2.3a2.5 2.5 0 0 1-5 0H9.3a2.5 2.5 0 0 1-5 0H1.5zM7 7.7v2.4H4.6v2H7v2.4h2v-2.4h2.4v-2H9V7.7zM16 11v2.5h4l-2.3-2.5z';
const LETTER_H = 'M5 3h4.3v6.7h5.4V3H19v18h-4.3v-7.3H9.3V21H5z';
const CRATE = 'M12 2.5l9.5 5V21h-19V7.5zM6 11v2h12v-2zM6 14.6v2h12v-2zM6 18.2v2h12v-2z';
const DROP = 'M12 2c4 5 7 8.4 7 12.5a7 7 0 0 1-14 0C5 10.4 8 7 12 2zM8 14.5a4 4 0 0 0 4 4v-2a2 2 0 0 1-2-2z';
const TENT = 'M11 3h2v1.7L23 21h-7.3L12 14.5 8.3 21H1L11 4.7z';
const PERSON = 'M12 2.5a4.3 4.3 0 1 1 0 8.6 4.3 4.3 0 0 1 0-8.6zM4 21.5c0-6 3-9 8-9s8 3 8 9z';
const ENGINE = 'M1.5 6.5h13V9h4l4 4.5V18h-2.3a2.5 2.5 0 0 1-5 0H9.3a2.5 2.5 0 0 1-5 0H1.5zM16 10.7v2.8h4l-2.3-2.8zM3.5 8.5v2h9v-2z';
const SHIELD = 'M12 2l8.5 3v6.5c0 5-3.5 8.5-8.5 10.5-5-2-8.5-5.5-8.5-10.5V5z';
const SCHOOL = 'M12 3.5L24 9l-2.5 1.2V16h-2v-4.9L12 14.5 0 9zM5 13.3l7 3.2 7-3.2v4.2c-3.5 3-10.5 3-14 0z';
const HOUSE = 'M12 2.5l10.5 9-1.5 1.8-1.5-1.3V21h-5v-6h-5v6h-5v-9L3 13.3l-1.5-1.8z';
const BLOCK = 'M5 2.5h14v19h-5V17h-4v4.5H5zM7.5 5v2.3h3V5zM13.5 5v2.3h3V5zM7.5 9v2.3h3V9zM13.5 9v2.3h3V9zM7.5 13v2.3h3V13zM13.5 13v2.3h3V13z';
const WAVES = 'M2 6c3.3-3 6.7 3 10 0s6.7 3 10 0v4c-3.3 3-6.7-3-10 0s-6.7-3-10 0zM2 13c3.3-3 6.7 3 10 0s6.7 3 10 0v4c-3.3 3-6.7-3-10 0s-6.7-3-10 0z';
const LEAF = 'M20.5 2.5C8 3 3 9 4.5 16.5L2.5 21l2 1 2-3.5C15 20 21 14 20.5 2.5zM17 6c-3 4-6 7-10 9.5 2-4.5 5-7.5 10-9.5z';

const POST = 'M3 4h4v17H3z';
const ARM_UP = 'M7 9.5L18.5 1l2 2.6L7 13.5z';
const ARM_DOWN = 'M8 8h14v4H8zM11 9.3v1.4h2.5V9.3zM16.5 9.3v1.4H19V9.3z';
const CROSS_OUT = 'M10 14l1.9-1.9 3.1 3.1 3.1-3.1L20 14l-3.1 3.1L20 20.2l-1.9 1.9-3.1-3.1-3.1 3.1-1.9-1.9 3.1-3.1z';
/** What a gate is for, below its arm. */
const BELOW: Record<string, string> = {
  hazmat: 'M15 13l4.5 4.5L15 22l-4.5-4.5z',
  goods: 'M9.5 14h6.5v1.5h2.5l2.5 2.5v3h-11.5z',
  person: 'M15 12.7a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4zM10.8 22c0-3 1.6-4.4 4.2-4.4s4.2 1.4 4.2 4.4z',
  emergency: 'M13.5 13h3v3h3v3h-3v3h-3v-3h-3v-3h3z',
};

function sign(plate: Plate, tone: Tone, picture: string): Sign {
  return { plate, tone, picture };
}

const HAZARDS = { flammable: FLAME, gas: CLOUD, toxic: SKULL, corrosive: DRIP, oxidising: FLAME_RING, explosive: BURST, tank: TANK };
const RESOURCES = {
  fire: FLAME,
  'gas-rescue': MASK,
  ambulance: AMBULANCE,
  hospital: LETTER_H,
  store: CRATE,
  water: DROP,
  shelter: TENT,
  team: PERSON,
  engine: ENGINE,
  help: SHIELD,
};
const TARGETS = { school: SCHOOL, clinic: LETTER_H, homes: HOUSE, office: BLOCK, waters: WAVES, nature: LEAF, place: SHIELD };
export const GATE_CLASSES = ['main', 'hazmat', 'goods', 'person', 'emergency'] as const;
export const GATE_STATES = ['open', 'controlled', 'closed'] as const;
const GATE_TONE = { open: 'gate', controlled: 'gateControlled', closed: 'gateClosed' } as const;

function all(): Map<string, Sign> {
  const signs = new Map<string, Sign>();
  for (const [name, picture] of Object.entries(HAZARDS)) signs.set(`hazard-${name}`, sign('diamond', 'hazard', picture));
  for (const [name, picture] of Object.entries(RESOURCES)) signs.set(`resource-${name}`, sign('rounded', 'rescue', picture));
  for (const [name, picture] of Object.entries(TARGETS)) signs.set(`target-${name}`, sign('circle', 'target', picture));
  for (const state of GATE_STATES) {
    for (const use of GATE_CLASSES) {
      const below = state === 'closed' ? CROSS_OUT : (BELOW[use] ?? '');
      signs.set(`gate-${use}-${state}`, sign('square', GATE_TONE[state], POST + (state === 'open' ? ARM_UP : ARM_DOWN) + below));
    }
  }
  return signs;
}

/** Every sign by its name; a name is also that of its map image. */
export const SIGNS: ReadonlyMap<string, Sign> = all();

/** The outline of a plate, in the square of 24. */
export const PLATES: Record<Plate, string> = {
  diamond: 'M12 .5L23.5 12 12 23.5.5 12z',
  circle: 'M12 1a11 11 0 1 1 0 22 11 11 0 0 1 0-22z',
  rounded: 'M6 1h12a5 5 0 0 1 5 5v12a5 5 0 0 1-5 5H6a5 5 0 0 1-5-5V6a5 5 0 0 1 5-5z',
  square: 'M1 1h22v22H1z',
};

/** How much of the plate's square the picture takes, about its middle. */
export const PICTURE_SHARE: Record<Plate, number> = { diamond: 0.54, circle: 0.62, rounded: 0.72, square: 0.78 };

/** Two short tones for an urgent alarm, made here: no sound file is loaded. */

const TONES_HZ = [880, 660] as const;
const TONE_S = 0.18;
const VOLUME = 0.2;

let context: AudioContext | undefined;

/** Plays it once. A browser that allows no sound before a first click or has none stays silent; the list shows it all. */
export function chime(): void {
  if (typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  if (context.state === 'suspended') {
    // Allowed only after somebody has touched the page.
    void context.resume();
  }
  const from = context.currentTime;
  const volume = new GainNode(context, { gain: VOLUME });
  volume.connect(context.destination);
  TONES_HZ.forEach((frequency, place) => {
    const tone = new OscillatorNode(context!, { frequency });
    tone.connect(volume);
    tone.start(from + place * TONE_S);
    tone.stop(from + (place + 1) * TONE_S);
  });
}

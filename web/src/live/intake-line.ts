/**
 * What the page and the worker that takes vehicles in say to each other. Blocks of memory are handed over, not copied: a
 * message's bytes belong to the worker afterwards, a picture's block to the page until it comes back as a spare one.
 */
import type { FleetPicture } from './fleet-picture';
import { decodeFrame, FrameError, type LiveFrame } from './frame';
import type { Intake } from './intake';

export type Asked =
  /** A binary message of `/live` that came at `atMs` of the page's own clock. */
  | { kind: 'frame'; bytes: ArrayBuffer; atMs: number; spare: ArrayBuffer | undefined }
  /** Which class each number is of. */
  | { kind: 'classes'; keys: Uint32Array; classes: Uint8Array; spare: ArrayBuffer | undefined };

export type Answer =
  /** Vehicles after a frame, or after classes were told. */
  | { kind: 'fleet'; picture: FleetPicture; told: Asked['kind'] }
  /** Vehicles counted by cell: there are no single ones. */
  | { kind: 'cells'; cells: LiveFrame }
  | { kind: 'refused'; why: string };

/** What the worker does with what it is asked. Nobody waits for an answer to classes where there are no vehicles. */
export function answer(intake: Intake, asked: Asked): Answer | undefined {
  if (asked.kind === 'classes') {
    intake.classify(new Map(Array.from(asked.keys, (key, i) => [key, asked.classes[i]!])));
    return intake.size === 0 ? undefined : { kind: 'fleet', picture: intake.picture(asked.spare), told: asked.kind };
  }
  let frame: LiveFrame;
  try {
    frame = decodeFrame(asked.bytes);
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    return { kind: 'refused', why: error.message };
  }
  if (frame.kind === 'cells') {
    intake.clear();
    return { kind: 'cells', cells: frame };
  }
  intake.take(frame, asked.atMs);
  return { kind: 'fleet', picture: intake.picture(asked.spare), told: asked.kind };
}

export interface IntakeLine {
  ask: (asked: Asked) => void;
  stop: () => void;
}

export interface IntakeListener {
  onAnswer: (answer: Answer) => void;
  /** The worker does not answer any more, or what it knows is in doubt. */
  onFailed: () => void;
}

export type OpenIntakeLine = (listener: IntakeListener) => IntakeLine;

/** The blocks that a question hands over. */
export function handedOver(asked: Asked): ArrayBuffer[] {
  const own = asked.kind === 'frame' ? [asked.bytes] : [asked.keys.buffer, asked.classes.buffer];
  return [...own, ...(asked.spare ? [asked.spare] : [])] as ArrayBuffer[];
}

/** A worker of the browser. */
export const intakeWorker: OpenIntakeLine = ({ onAnswer, onFailed }) => {
  const worker = new Worker(new URL('./intake-worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<Answer>) => onAnswer(data);
  worker.onerror = (error) => {
    console.error(`the worker that takes vehicles in failed: ${error.message}`);
    onFailed();
  };
  return {
    ask: (asked) => worker.postMessage(asked, handedOver(asked)),
    stop: () => worker.terminate(),
  };
};

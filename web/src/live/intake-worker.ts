/** The worker's side of the line: takes vehicles in beside the page, so that the page's own thread only shows them. */
import { Intake } from './intake';
import { answer, type Asked } from './intake-line';

const intake = new Intake();

self.onmessage = ({ data }: MessageEvent<Asked>) => {
  const said = answer(intake, data);
  if (said) self.postMessage(said, { transfer: said.kind === 'fleet' ? [said.picture.block] : [] });
};

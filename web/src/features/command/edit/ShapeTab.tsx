/** Where it is: by pointer or by numbers. Everything that can be drawn can be typed. */
import type { Problem } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { FieldProblem } from './FieldProblem';
import { WAYS, type Way } from './kinds';
import type { Picture, Session } from './session';
import type { Shape } from './shape';
import { ShapeNumbers } from './ShapeNumbers';
import { sizeText } from './size-text';
import { isHeld } from './skeleton';
import { strokeOf } from './stroke';

export interface ShapeTabProps {
  work: Session;
  picture: Picture;
  problem: Problem | null;
  /** There is a map to draw on. */
  canDraw: boolean;
}

export function ShapeTab({ work, picture, problem, canDraw }: ShapeTabProps) {
  const { t } = useI18n();
  const { draft, live, stroke } = picture;
  const shape = live ?? draft.shape;
  const ways = WAYS[draft.collection];
  return (
    <>
      <FieldProblem problem={problem} at="geometry" />
      {['radius_m', 'width_m'].map((name) => (
        <FieldProblem key={name} problem={problem} at={`properties.${name}`} />
      ))}
      {stroke ? (
        <StrokeBar work={work} picture={picture} />
      ) : (
        canDraw && <Tools work={work} shape={draft.shape} ways={ways} />
      )}
      <p className="edit-size" role="status" aria-live="polite" data-testid="edit-size">
        {picture.size ? sizeText(picture.size, t) : t('edit.size.none')}
      </p>
      {canDraw && draft.shape && !stroke && (
        <button type="button" className="edit-now" data-testid="edit-look" onClick={() => work.show()}>
          {t('edit.look')}
        </button>
      )}
      {picture.crossings.map((at) => (
        <p key={at.join()} className="problem" role="alert" data-testid="edit-crossing">
          {t('edit.crossing', { lon: at[0].toFixed(6), lat: at[1].toFixed(6) })}
        </p>
      ))}
      {picture.stray.length > 0 && <p className="problem">{t('edit.hole.outside')}</p>}
      {!stroke && <ShapeNumbers work={work} shape={shape} ways={ways} />}
    </>
  );
}

function StrokeBar({ work, picture }: { work: Session; picture: Picture }) {
  const { t } = useI18n();
  const tool = picture.stroke!.tool;
  return (
    <div className="edit-note" data-testid="edit-stroke">
      <p>{t(`edit.hint.${tool}`)}</p>
      <div className="edit-row">
        <button
          type="button"
          className="primary"
          data-testid="stroke-finish"
          disabled={!picture.drawing}
          onClick={() => work.finishStroke()}
        >
          {t('edit.stroke.finish')}
        </button>
        <button type="button" data-testid="stroke-cancel" onClick={() => work.cancelStroke()}>
          {t('edit.stroke.cancel')}
        </button>
      </div>
    </div>
  );
}

function Tools({ work, shape, ways }: { work: Session; shape: Shape | null; ways: readonly Way[] }) {
  const { t } = useI18n();
  return (
    <div className="edit-tools" role="toolbar" aria-label={t('edit.tools')}>
      {ways.map((way) => (
        <button key={way} type="button" data-testid={`redraw-${way}`} onClick={() => work.draw(strokeOf(way))}>
          {shape?.kind === way ? t('edit.redraw', { way: t(`edit.way.${way}`) }) : t(`edit.way.${way}`)}
        </button>
      ))}
      {shape?.kind === 'polygon' && (
        <>
          {shape.parts.length === 1 && (
            <button type="button" data-testid="draw-hole" onClick={() => work.draw({ tool: 'hole', part: 0 })}>
              {t('edit.hole')}
            </button>
          )}
          <button type="button" data-testid="draw-part" onClick={() => work.draw({ tool: 'part' })}>
            {t('edit.part')}
          </button>
        </>
      )}
      {shape && shape.kind !== 'point' && shape.kind !== 'foreign' && (
        <p className="edit-dim">{t(isHeld(shape) ? `edit.drag.${dragHint(shape)}` : 'edit.drag.many')}</p>
      )}
    </div>
  );
}

function dragHint(shape: Shape): 'ring' | 'handle' | 'line' {
  if (shape.kind === 'polygon') return 'ring';
  return shape.kind === 'circle' || shape.kind === 'sector' ? 'handle' : 'line';
}

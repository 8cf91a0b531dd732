/** A thing on the map that has no card of its own: what it is, and everything that somebody wrote about it. */
import type { Collection, Feature } from '../../../api/types';
import { useI18n } from '../../../i18n';
import type { Site } from '../../../live/site';
import { nameOf } from '../../../map/drawn';
import { signOf } from '../../../map/sort-of';
import { Card, Row } from '../../../ui/Card';
import { SignPicture } from '../../../ui/SignPicture';
import { collectionName, propertyRows, REFERENCES } from '../../../ui/properties';
import './cards.css';

export interface FeatureCardProps {
  collection: Collection;
  feature: Feature;
  site: Site;
  /** Absent where this person may not, or where nothing is drawn by hand. */
  onEdit?: () => void;
  onClose: () => void;
}

export function FeatureCard({ collection, feature, site, onEdit, onClose }: FeatureCardProps) {
  const { language, t } = useI18n();
  const referred = (property: string, id: string) => {
    const kept = REFERENCES[property];
    const other = kept && site.features.get(kept, id);
    return other && (nameOf(other.properties, language) || undefined);
  };
  const sign = signOf(collection, feature.properties);
  return (
    <Card
      title={
        <span className="card-name">
          {sign && <SignPicture sign={sign} />}
          {nameOf(feature.properties, language) || feature.id}
        </span>
      }
      testId="feature-card"
      onClose={onClose}
    >
      <dl>
        <Row name={t('card.collection')}>{collectionName(collection, t)}</Row>
        {propertyRows(feature.properties, language, t, referred).map(({ name, value }) => (
          <Row key={name} name={name}>
            {value}
          </Row>
        ))}
      </dl>
      {onEdit && (
        <p className="card-acts">
          <button type="button" data-testid="feature-edit" onClick={onEdit}>
            {t('edit.card.edit')}
          </button>
        </p>
      )}
    </Card>
  );
}

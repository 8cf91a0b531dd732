/** A thing on the map that has no card of its own: what it is, and everything that somebody wrote about it. */
import type { Collection, Feature } from '../../../api/types';
import { useI18n } from '../../../i18n';
import { nameOf } from '../../../map/drawn';
import { signOf } from '../../../map/sort-of';
import { Card, Row } from '../../../ui/Card';
import { SignPicture } from '../../../ui/SignPicture';
import { collectionName, propertyRows } from './properties';
import './cards.css';

export interface FeatureCardProps {
  collection: Collection;
  feature: Feature;
  onClose: () => void;
}

export function FeatureCard({ collection, feature, onClose }: FeatureCardProps) {
  const { language, t } = useI18n();
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
        {propertyRows(feature.properties, language, t).map(({ name, value }) => (
          <Row key={name} name={name}>
            {value}
          </Row>
        ))}
      </dl>
    </Card>
  );
}

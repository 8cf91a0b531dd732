/** The card of what is chosen: a vehicle, a zone, or anything else that is drawn. */
import type { Desk } from '../desk';
import { mayEdit } from '../../../ui/may';
import { isEditable } from '../editable';
import { FeatureCard } from './FeatureCard';
import { VehicleCard } from './VehicleCard';
import { ZoneCard } from './ZoneCard';

export interface ChosenCardProps {
  desk: Desk;
  following: boolean;
  onFollow: (follow: boolean) => void;
}

export function ChosenCard({ desk, following, onFollow }: ChosenCardProps) {
  const { choice, session, site } = desk;
  const close = () => desk.choose(null);
  if (choice === null) return null;
  if (choice.kind === 'vehicle') {
    return (
      <VehicleCard desk={desk} vehicleKey={choice.key} following={following} onFollow={onFollow} onClose={close} />
    );
  }
  const feature = site.features.get(choice.collection, choice.id);
  if (!feature) return null;
  if (choice.collection === 'zones') return <ZoneCard desk={desk} zone={feature} onClose={close} />;
  const edit =
    mayEdit(session) && isEditable(choice.collection)
      ? { onEdit: () => desk.edit(`${choice.collection}/${choice.id}`) }
      : {};
  return <FeatureCard site={site} collection={choice.collection} feature={feature} {...edit} onClose={close} />;
}

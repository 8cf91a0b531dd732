/** How a file is to be read: into which collection, in which datum and encoding, which layer, which field becomes what. */
import { translateName, useI18n } from '../../../i18n';
import { AS_ID, isSendable, LEFT_OUT, twice, type Mapping, type Target } from './mapping';
import { propertyText } from './words';
import type { ImportPicture, ImportWork, SrsChoice } from './work';

const SRS: readonly SrsChoice[] = ['file', 'cgcs2000', 'wgs84', 'gcj02', 'bd09', 'epsg'];
const ENCODINGS = ['', 'UTF-8', 'GBK'] as const;

export interface SetupFieldsProps {
  work: ImportWork;
  picture: ImportPicture;
  collections: readonly string[];
  onCollection: (collection: string) => void;
}

export function SetupFields({ work, picture, collections, onCollection }: SetupFieldsProps) {
  const { t } = useI18n();
  const { setup, layers, running, trial } = picture;
  const off = running !== null;
  const wrongCode = setup.srs === 'epsg' && !isEpsg(setup.epsg);
  const asksDatum = trial?.state === 'failed' && trial.code === 'unknown_datum';
  return (
    <fieldset className="import-setup" disabled={off}>
      <legend className="unseen">{t('import.setup')}</legend>
      <label className="field">
        <span>{t('import.into')}</span>
        <select value={setup.collection} data-testid="import-collection" onChange={(event) => onCollection(event.target.value)}>
          {(collections.includes(setup.collection) ? collections : [setup.collection, ...collections]).map((id) => (
            <option key={id} value={id}>
              {translateName(t, 'data.of', id, () => id)}
            </option>
          ))}
        </select>
      </label>
      <label className={asksDatum ? 'field import-asked' : 'field'}>
        <span>{t('import.srs')}</span>
        <select
          value={setup.srs}
          aria-invalid={asksDatum && setup.srs === 'file'}
          data-testid="import-srs"
          onChange={(event) => work.change({ srs: event.target.value as SrsChoice })}
        >
          {SRS.map((srs) => (
            <option key={srs} value={srs}>
              {t(`import.srs.${srs}`)}
            </option>
          ))}
        </select>
      </label>
      {setup.srs === 'epsg' && (
        <label className="field">
          <span>{t('import.epsg')}</span>
          <input
            value={setup.epsg}
            inputMode="numeric"
            placeholder="4528"
            aria-invalid={wrongCode && setup.epsg !== ''}
            data-testid="import-epsg"
            onChange={(event) => work.change({ epsg: event.target.value })}
          />
        </label>
      )}
      <label className="field">
        <span>{t('import.encoding')}</span>
        <select value={setup.encoding} data-testid="import-encoding" onChange={(event) => work.change({ encoding: event.target.value })}>
          {ENCODINGS.map((encoding) => (
            <option key={encoding} value={encoding}>
              {encoding || t('import.encoding.found')}
            </option>
          ))}
        </select>
      </label>
      {layers.length > 1 && (
        <label className="field">
          <span>{t('import.layer')}</span>
          <select value={setup.layer} data-testid="import-layer" onChange={(event) => work.change({ layer: event.target.value, mapping: {} })}>
            <option value="">{t('import.layer.all', { n: layers.length })}</option>
            {layers.map((layer) => (
              <option key={layer} value={layer}>
                {layer}
              </option>
            ))}
          </select>
        </label>
      )}
    </fieldset>
  );
}

/** A number as EPSG gives them (`Srs::from_name`). */
export function isEpsg(text: string): boolean {
  return /^\s*[1-9]\d{3,5}\s*$/.test(text);
}

export function MappingTable({ work, picture }: { work: ImportWork; picture: ImportPicture }) {
  const { language, t } = useI18n();
  const { fields, schema, setup, running } = picture;
  const put = (field: string, target: Target) => {
    const mapping: Mapping = { ...setup.mapping, [field]: target };
    work.change({ mapping });
  };
  const double = twice(setup.mapping);
  const named = (target: Target) => (target === AS_ID ? t('data.id') : propertyText(target, schema[target], language, t));
  return (
    <section className="import-mapping" aria-labelledby="import-mapping-title">
      <h2 id="import-mapping-title">{t('import.mapping')}</h2>
      <div className="import-table" tabIndex={0} role="region" aria-labelledby="import-mapping-title">
        <table>
          <thead>
            <tr>
              <th scope="col">{t('import.mapping.field')}</th>
              <th scope="col">{t('import.mapping.example')}</th>
              <th scope="col">{t('import.mapping.becomes')}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map(({ name, example }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className="import-example" title={example}>
                  {example}
                </td>
                <td>
                  <select
                    aria-label={t('import.mapping.of', { field: name })}
                    value={setup.mapping[name] ?? name}
                    disabled={running !== null || !isSendable(name)}
                    title={isSendable(name) ? undefined : t('import.mapping.unsendable')}
                    data-testid={`import-map-${name}`}
                    onChange={(event) => put(name, event.target.value)}
                  >
                    {!schema[name] && <option value={name}>{t('import.mapping.same', { field: name })}</option>}
                    <option value={LEFT_OUT}>{t('import.mapping.out')}</option>
                    <option value={AS_ID}>{t('data.id')} (id)</option>
                    {Object.entries(schema).map(([property, one]) => (
                      <option key={property} value={property}>
                        {propertyText(property, one, language, t)} ({property})
                      </option>
                    ))}
                  </select>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {double.length > 0 && (
        <p className="problem" role="alert" data-testid="import-twice">
          {t('import.mapping.twice', { names: double.map(named).join(t('list.separator')) })}
        </p>
      )}
    </section>
  );
}

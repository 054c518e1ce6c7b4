/** The parameters of an action, drawn from its node's schema. Knows no node. */
import { useTranslation } from 'react-i18next';
import type { Schema } from '@/api/catalog';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { objectAt, textAt } from '@/model';
import { Rich } from '@/ui/Rich';
import { SchemaForm } from '@/widgets/form/SchemaForm';
import { useDraftParts } from '../../draft';
import { PURPOSES, useChoices } from '../choices';
import { DocField, usePlace } from '../place';
import { SideWay } from './SideWay';
import classes from './Step.module.css';

export function ActionForm() {
  const { t } = useTranslation('panel');
  const { catalog } = useDraftParts();
  const place = usePlace();
  const purposes = useChoices(PURPOSES, (one) => t(`purpose.${one as 'service'}`));
  const lang = useLang();
  const kind = textAt(place.value, 'action') ?? '';
  const node = Object.hasOwn(catalog.nodes, kind) ? catalog.nodes[kind] : undefined;
  const summary = localText(node?.summary, lang);
  return (
    <>
      {summary !== undefined && (
        <p className={classes.summary}>
          <Rich text={summary} />
        </p>
      )}
      {node === undefined ? (
        <DocField path="/action" widget="action" label={t('action.kind')} required />
      ) : (
        <SchemaForm
          schema={node.params as Schema}
          value={objectAt(place.value, 'with')}
          onChange={(next) => place.change('/with', next)}
          errors={place.errors}
          path={`${place.base}/with`}
          disabled={place.disabled}
        />
      )}
      {node?.sends === true && (
        <>
          <DocField
            path="/purpose"
            widget="plain_select"
            schema={purposes}
            label={t('action.purpose')}
            help={t('action.purpose_help')}
          />
          <SideWay
            kind="fallback"
            path="/fallback"
            label={t('action.fallback')}
            help={t('action.fallback_help')}
          />
        </>
      )}
    </>
  );
}

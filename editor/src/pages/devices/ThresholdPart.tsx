/** A threshold in numbers, how often it would have fired, and the way to a workflow of it. Knows rules; never the chart. */
import { Button, NumberInput, SegmentedControl } from '@mantine/core';
import { IconRoute, IconX } from '@tabler/icons-react';
import { type UseQueryResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { DeviceView, RulePreview, SensorRule } from '@/api/sensors';
import { createWorkflow, workflowsQuery } from '@/api/workflows';
import { useFormats } from '@/i18n/use-lang';
import { useSeparators } from '@/i18n/use-separators';
import { ProblemView } from '@/ui/ProblemView';
import {
  rounded,
  type Side,
  type Threshold,
  withClear,
  withLimit,
  withSide,
  workflowOf,
} from '@/widgets/chart/rule';
import { useValueText } from '@/widgets/device/values';
import { DurationWidget } from '@/widgets/form/basic/DurationWidget';
import classes from './Devices.module.css';

const PERCENT = 100;

interface Props {
  device: DeviceView;
  rule: SensorRule;
  threshold: Threshold;
  step: number;
  unit: string | undefined;
  days: number;
  preview: UseQueryResult<RulePreview>;
  /** What is shown is of the threshold before. */
  isOld: boolean;
  onChange: (next: Threshold | undefined) => void;
}

export function ThresholdPart({
  device,
  rule,
  threshold,
  step,
  unit,
  days,
  preview,
  isOld,
  onChange,
}: Props) {
  const { t } = useTranslation('devices');
  const navigate = useNavigate();
  const client = useQueryClient();
  const told = useValueText();
  const separators = useSeparators();
  const make = useMutation({
    mutationFn: () => {
      const name = t('threshold.name', { device: device.name, level: told(threshold.limit, unit) });
      return createWorkflow(JSON.stringify(workflowOf(name, device.id, rule)), 'json');
    },
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: workflowsQuery.queryKey });
      await navigate({ to: '/workflows/$workflowId', params: { workflowId: id } });
    },
  });
  const suffix = unit === undefined ? '' : ` ${unit}`;
  return (
    <section className={classes.rule} aria-label={t('threshold.title')}>
      <div className={classes.ruleFields}>
        <SegmentedControl
          aria-label={t('threshold.side')}
          value={threshold.side}
          onChange={(side) => onChange(withSide(threshold, side as Side, step))}
          data={[
            { value: 'above', label: t('threshold.above') },
            { value: 'below', label: t('threshold.below') },
          ]}
        />
        <NumberInput
          label={t('threshold.limit')}
          value={threshold.limit}
          step={step}
          suffix={suffix}
          {...separators}
          onChange={(value) => typeof value === 'number' && onChange(withLimit(threshold, value, step))}
        />
        <NumberInput
          label={t('threshold.clear')}
          value={threshold.clear}
          step={step}
          suffix={suffix}
          {...separators}
          onChange={(value) =>
            typeof value === 'number' && onChange(withClear(threshold, rounded(value, step)))
          }
        />
        <DurationWidget
          path="for"
          schema={{}}
          label={t('threshold.for')}
          help={undefined}
          required={false}
          disabled={false}
          error={undefined}
          errors={[]}
          value={threshold.span}
          onChange={(span) => onChange({ ...threshold, span: typeof span === 'string' ? span : '' })}
        />
      </div>
      <div className={classes.verdict} role="status" aria-busy={isOld} data-old={isOld || undefined}>
        {preview.isError ? (
          <ProblemView error={preview.error} />
        ) : (
          <Verdict preview={preview.data} side={threshold.side} days={days} unit={unit} />
        )}
      </div>
      {make.isError && <ProblemView error={make.error} />}
      <div className={classes.buttons}>
        <Button
          leftSection={<IconRoute size={18} aria-hidden />}
          loading={make.isPending}
          onClick={() => make.mutate()}
        >
          {t('threshold.make')}
        </Button>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconX size={16} aria-hidden />}
          onClick={() => onChange(undefined)}
        >
          {t('threshold.drop')}
        </Button>
      </div>
    </section>
  );
}

function Verdict({
  preview,
  side,
  days,
  unit,
}: {
  preview: RulePreview | undefined;
  side: Side;
  days: number;
  unit: string | undefined;
}) {
  const { t } = useTranslation('devices');
  const show = useFormats();
  const told = useValueText();
  if (preview === undefined) return <p className="soft">{t('threshold.looking', { days })}</p>;
  const last = preview.episodes.at(-1);
  return (
    <>
      <p className={classes.fired}>
        <strong>{t('threshold.fired', { count: preview.fired, days })}</strong>
        <span>{t('threshold.observed', { share: show.number(Math.round(preview.observed * PERCENT)) })}</span>
      </p>
      {last !== undefined && (
        <p className="soft" style={{ margin: 0, fontSize: '0.8125rem' }}>
          {t('threshold.last', {
            at: show.moment(last.since),
            worst: told(side === 'below' ? last.least : last.greatest, unit),
          })}
        </p>
      )}
    </>
  );
}

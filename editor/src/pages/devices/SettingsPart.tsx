/** What a device is meant to be set to, beside what it says it is. Knows names and plain values; never what they mean. */
import { Button, JsonInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { deviceQuery } from '@/api/sensor-queries';
import { setDesired } from '@/api/sensor-requests';
import type { DeviceView } from '@/api/sensors';
import { Mark } from '@/ui/Mark';
import { Panel } from '@/ui/Panel';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import classes from './Devices.module.css';
import { differencesOf } from './differences';

export function SettingsPart({ device, may }: { device: DeviceView; may: boolean }) {
  const { t } = useTranslation('devices');
  const [editing, setEditing] = useState(false);
  const rows = differencesOf(device.desired?.settings ?? {}, device.reported?.settings);
  const differing = rows.filter((row) => !row.same).length;
  return (
    <Panel
      title={t('settings.title')}
      lead={t('settings.lead')}
      actions={
        rows.length > 0 && (
          <Mark tone={differing === 0 ? 'good' : 'wait'}>
            {differing === 0 ? t('settings.same') : t('settings.differ', { count: differing })}
          </Mark>
        )
      }
    >
      {rows.length === 0 && !editing && <p className={classes.hint}>{t('settings.none')}</p>}
      {rows.length > 0 && (
        <table className={classes.settings}>
          <thead>
            <tr>
              <th scope="col">{t('settings.name')}</th>
              <th scope="col">{t('settings.desired')}</th>
              <th scope="col">{t('settings.reported')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name} data-differs={!row.same || undefined}>
                <th scope="row">{row.name}</th>
                <td>{row.desired ?? t('settings.absent')}</td>
                <td>{row.reported ?? t('settings.absent')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {may && !editing && (
        <Button mt="sm" size="xs" variant="default" onClick={() => setEditing(true)}>
          {t('settings.change')}
        </Button>
      )}
      {editing && <Desired device={device} onDone={() => setEditing(false)} />}
    </Panel>
  );
}

function Desired({ device, onDone }: { device: DeviceView; onDone: () => void }) {
  const { t } = useTranslation(['devices', 'shell']);
  const client = useQueryClient();
  const [text, setText] = useState(() => JSON.stringify(device.desired?.settings ?? {}, null, 2));
  const settings = read(text);
  const save = useMutation({
    mutationFn: (next: Record<string, unknown>) => setDesired(device.id, next),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: deviceQuery(device.id).queryKey });
      toast(t('settings.saved'));
      onDone();
    },
  });
  return (
    <form
      className={classes.stack}
      style={{ marginTop: '0.875rem' }}
      onSubmit={(event) => {
        event.preventDefault();
        if (settings !== undefined) save.mutate(settings);
      }}
    >
      <JsonInput
        label={t('settings.text')}
        description={t('settings.text_help')}
        error={settings === undefined && t('settings.wrong')}
        autosize
        minRows={4}
        formatOnBlur
        value={text}
        onChange={setText}
      />
      {save.isError && <ProblemView error={save.error} />}
      <div className={classes.buttons}>
        <Button type="submit" loading={save.isPending} disabled={settings === undefined}>
          {t('settings.save')}
        </Button>
        <Button variant="default" onClick={onDone}>
          {t('shell:cancel')}
        </Button>
      </div>
    </form>
  );
}

function read(text: string): Record<string, unknown> | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return found !== null && typeof found === 'object' && !Array.isArray(found)
      ? (found as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Switches a device's outputs, for a limited time, and tells what became of each command. Knows levels and times. */
import { Button, NumberInput, Select } from '@mantine/core';
import { IconPower } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newKey } from '@/api/client';
import { itemsOf } from '@/api/pages';
import { commandsQuery } from '@/api/sensor-queries';
import { sendCommand } from '@/api/sensor-requests';
import type { Actuator, CommandState, CommandView, DeviceView } from '@/api/sensors';
import { sentence } from '@/i18n/sentence';
import { useFormats } from '@/i18n/use-lang';
import { Ago } from '@/ui/Ago';
import { LoadMore } from '@/ui/LoadMore';
import { Mark, type Tone } from '@/ui/Mark';
import { Panel } from '@/ui/Panel';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import classes from './Devices.module.css';

const TONES: Record<CommandState, Tone> = {
  pending: 'wait',
  sent: 'wait',
  accepted: 'info',
  done: 'good',
  expired: 'calm',
  refused: 'bad',
  unconfirmed: 'wait',
};
/** These change by themselves soon. */
const UNDER_WAY: readonly CommandState[] = ['pending', 'sent', 'accepted'];
const LOOK_AGAIN_MS = 2000;
const EXPIRES = [30, 60, 300, 900] as const;
const ON_MINUTES = 10;
const MINUTE_S = 60;

export function CommandsPart({ device, may }: { device: DeviceView; may: boolean }) {
  const { t } = useTranslation('devices');
  const found = useInfiniteQuery({
    ...commandsQuery(device.id),
    refetchInterval: ({ state }) =>
      state.data?.pages[0]?.items.some((command) => UNDER_WAY.includes(command.state))
        ? LOOK_AGAIN_MS
        : false,
  });
  const rows = itemsOf(found.data);
  return (
    <Panel title={t('command.title')} lead={t('command.lead')}>
      <div className={classes.stack}>
        {may &&
          device.profile.actuators.map((actuator) => (
            <Switching key={actuator.name} device={device} actuator={actuator} />
          ))}
        {found.isError && <ProblemView error={found.error} retry={() => void found.refetch()} />}
        {rows.length > 0 && (
          <ul className={classes.commands} aria-label={t('command.list')}>
            {rows.map((command) => (
              <Told
                key={command.id}
                command={command}
                actuator={device.profile.actuators.find(({ name }) => name === command.actuator)}
              />
            ))}
          </ul>
        )}
        <LoadMore pages={found} />
      </div>
    </Panel>
  );
}

function Switching({ device, actuator }: { device: DeviceView; actuator: Actuator }) {
  const { t } = useTranslation('devices');
  const client = useQueryClient();
  const most = Math.max(1, Math.floor(actuator.max_on / MINUTE_S));
  const [minutes, setMinutes] = useState(Math.min(ON_MINUTES, most));
  const [expires, setExpires] = useState(60);
  const name = actuator.title || actuator.name;
  const send = useMutation({
    mutationFn: ({ level, key }: { level: number; key: string }) =>
      sendCommand(
        device.id,
        { actuator: actuator.name, level, max_on: minutes * MINUTE_S, expires_in: expires },
        key,
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: commandsQuery(device.id).queryKey });
      toast(t('command.sent'));
    },
  });
  const go = (level: number) => send.mutate({ level, key: newKey() });
  return (
    <fieldset className={classes.switching} disabled={send.isPending}>
      <legend>{name}</legend>
      <div className={classes.pair}>
        <NumberInput
          label={t('command.minutes')}
          description={t('command.minutes_help', { count: most })}
          min={1}
          max={most}
          allowDecimal={false}
          value={minutes}
          onChange={(next) => typeof next === 'number' && setMinutes(next)}
        />
        <Select
          label={t('command.expires')}
          description={t('command.expires_help')}
          value={String(expires)}
          onChange={(next) => setExpires(Number(next))}
          data={EXPIRES.map((seconds) => ({
            value: String(seconds),
            label: t(`command.within.${String(seconds) as '30'}`),
          }))}
        />
      </div>
      <div className={classes.buttons}>
        <Button leftSection={<IconPower size={18} aria-hidden />} onClick={() => go(100)}>
          {t('command.on', { name })}
        </Button>
        <Button variant="default" onClick={() => go(0)}>
          {t('command.off')}
        </Button>
      </div>
      {send.isError && <ProblemView error={send.error} />}
    </fieldset>
  );
}

function Told({ command, actuator }: { command: CommandView; actuator: Actuator | undefined }) {
  const { t } = useTranslation('devices');
  const show = useFormats();
  const name = actuator?.title || command.actuator;
  const span = show.span(command.max_on * 1000);
  return (
    <li>
      <span className={classes.commandHead}>
        <span>
          {command.level > 0
            ? t('command.told_on', { name, level: show.number(command.level), span })
            : t('command.told_off', { name })}
        </span>
        <Mark tone={TONES[command.state]} pulse={UNDER_WAY.includes(command.state)}>
          {t(`command.state.${command.state}`)}
        </Mark>
      </span>
      <span className={classes.why}>
        {command.reason ? sentence(command.reason) : t(`command.why.${command.state}`)}{' '}
        <Ago at={command.created_at} />
        {command.by ? ` · ${command.by}` : ''}
      </span>
    </li>
  );
}

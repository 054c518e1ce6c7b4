/** How a device comes to belong here: a code that it is given once, or a key made by hand. Shows a password only when made. */
import { Button, Modal } from '@mantine/core';
import { IconKey, IconQrcode } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { deviceQuery } from '@/api/sensor-queries';
import { makeClaim, makeDeviceKey, revokeDeviceKey } from '@/api/sensor-requests';
import type { DeviceKey, DeviceView, MadeDeviceKey } from '@/api/sensors';
import { useFormats } from '@/i18n/use-lang';
import { Ago } from '@/ui/Ago';
import { Confirm } from '@/ui/Confirm';
import { CopyField } from '@/ui/CopyField';
import { Panel } from '@/ui/Panel';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import { ClaimCard } from './ClaimCard';
import classes from './Devices.module.css';

export function ConnectPart({ device, may }: { device: DeviceView; may: boolean }) {
  const { t } = useTranslation(['devices', 'shell']);
  const client = useQueryClient();
  const [ending, setEnding] = useState<DeviceKey>();
  const refresh = () => client.invalidateQueries({ queryKey: deviceQuery(device.id).queryKey });
  const claim = useMutation({ mutationFn: () => makeClaim(device.id) });
  const make = useMutation({ mutationFn: () => makeDeviceKey(device.id), onSuccess: refresh });
  const revoke = useMutation({
    mutationFn: (key: DeviceKey) => revokeDeviceKey(device.id, key.id),
    onSuccess: async () => {
      setEnding(undefined);
      await refresh();
      toast(t('key.revoked'));
    },
  });
  return (
    <Panel title={t('connect.title')} lead={t('connect.lead')}>
      {may && (
        <div className={classes.buttons}>
          <Button
            variant={device.keys.length === 0 ? 'filled' : 'default'}
            leftSection={<IconQrcode size={18} aria-hidden />}
            loading={claim.isPending}
            onClick={() => claim.mutate()}
          >
            {t('claim.make')}
          </Button>
          <Button
            variant="default"
            leftSection={<IconKey size={18} aria-hidden />}
            loading={make.isPending}
            onClick={() => make.mutate()}
          >
            {t('key.make')}
          </Button>
        </div>
      )}
      {claim.isError && <ProblemView error={claim.error} />}
      {make.isError && <ProblemView error={make.error} />}
      {claim.data !== undefined && <ClaimCard claim={claim.data} name={device.name} />}
      <Keys keys={device.keys} may={may} onRevoke={setEnding} />
      <Modal
        opened={make.isSuccess}
        onClose={() => make.reset()}
        title={t('key.made')}
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': t('shell:close') }}
      >
        {make.data !== undefined && <Secret made={make.data} onDone={() => make.reset()} />}
      </Modal>
      <Confirm
        open={ending !== undefined}
        onClose={() => setEnding(undefined)}
        title={t('key.revoke_title')}
        action={t('key.revoke')}
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => ending !== undefined && revoke.mutate(ending)}
      >
        {t('key.revoke_words')}
      </Confirm>
    </Panel>
  );
}

function Keys({
  keys,
  may,
  onRevoke,
}: {
  keys: readonly DeviceKey[];
  may: boolean;
  onRevoke: (key: DeviceKey) => void;
}) {
  const { t } = useTranslation('devices');
  const show = useFormats();
  if (keys.length === 0) return <p className={classes.hint}>{t('key.none')}</p>;
  return (
    <ul className={classes.keys} aria-label={t('key.list')}>
      {keys.map((key) => (
        <li key={key.id}>
          <span>
            {t('key.of', { at: show.day(key.created_at) })}
            <span className={classes.why}>
              {key.last_used_at ? (
                <>
                  {t('key.used')} <Ago at={key.last_used_at} />
                </>
              ) : (
                t('key.unused')
              )}
            </span>
          </span>
          {may && (
            <Button
              size="xs"
              variant="default"
              aria-label={t('key.revoke_which', { at: show.day(key.created_at) })}
              onClick={() => onRevoke(key)}
            >
              {t('key.revoke')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

function Secret({ made, onDone }: { made: MadeDeviceKey; onDone: () => void }) {
  const { t } = useTranslation('devices');
  const fields = [
    [t('key.username'), made.username],
    [t('key.password'), made.password],
    [t('key.topic'), made.topic_prefix],
    ...(made.mqtt === null ? [] : [[t('key.server'), `${made.mqtt.host}:${made.mqtt.port}`] as const]),
  ] as const;
  return (
    <div className={classes.stack}>
      <p style={{ margin: 0 }}>{t('key.once')}</p>
      {fields.map(([label, value]) => (
        <div key={label}>
          <div className={classes.label}>{label}</div>
          <CopyField label={label} value={value} />
        </div>
      ))}
      {made.mqtt === null && <p className={classes.hint}>{t('key.no_mqtt')}</p>}
      <Button onClick={onDone} style={{ justifySelf: 'end' }}>
        {t('key.done')}
      </Button>
    </div>
  );
}

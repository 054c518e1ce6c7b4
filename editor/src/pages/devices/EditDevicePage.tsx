/** Changes what a device is called and its profile. Another person's change in between is told, never overwritten. */
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asApiError } from '@/api/problem';
import { DEVICES, deviceQuery } from '@/api/sensor-queries';
import { changeDevice } from '@/api/sensor-requests';
import type { DeviceView } from '@/api/sensors';
import { PageBones } from '@/ui/PageBones';
import { PageHead } from '@/ui/PageHead';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import { DeviceForm } from './DeviceForm';
import classes from './Devices.module.css';
import { bodyOf, draftOf } from './draft';
import { usePlaces } from './use-places';

export function EditDevicePage() {
  const { t } = useTranslation('devices');
  const { deviceId } = useParams({ from: '/frame/devices/$deviceId/edit' });
  const found = useQuery(deviceQuery(deviceId));
  if (found.isPending) return <PageBones />;
  if (found.isError) {
    return (
      <>
        <PageHead title={t('device')} back={<Link to="/devices">{t('title')}</Link>} />
        <ProblemView error={found.error} retry={() => void found.refetch()} />
      </>
    );
  }
  return <Edit device={found.data} />;
}

function Edit({ device }: { device: DeviceView }) {
  const { t } = useTranslation(['devices', 'shell']);
  const client = useQueryClient();
  const navigate = useNavigate();
  const places = usePlaces();
  // What is written stays as it is while the device goes on telling of itself.
  const [{ rev, draft }, setDraft] = useState({ rev: device.rev, draft: draftOf(device) });
  const to = { to: '/devices/$deviceId', params: { deviceId: device.id } } as const;
  const save = useMutation({
    mutationFn: () => changeDevice(device.id, rev, bodyOf(draft)),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: DEVICES });
      toast(t('saved'));
      await navigate(to);
    },
  });
  const error = save.isError ? asApiError(save.error) : null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <PageHead title={t('edit_title', { name: device.name })} back={<Link {...to}>{device.name}</Link>} />
      <div className={classes.narrow}>
        <DeviceForm
          draft={draft}
          onChange={(next) => setDraft({ rev, draft: next })}
          error={error}
          places={places}
        />
        {error !== null && <ProblemView error={error} />}
        <div className={classes.buttons}>
          <Button type="submit" loading={save.isPending}>
            {t('save')}
          </Button>
          <Button variant="default" renderRoot={(props) => <Link {...to} {...props} />}>
            {t('shell:cancel')}
          </Button>
        </div>
      </div>
    </form>
  );
}

/** Makes a device, after which it waits for its code. Knows the form; never how a device connects. */
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { newKey } from '@/api/client';
import { asApiError } from '@/api/problem';
import { DEVICES } from '@/api/sensor-queries';
import { makeDevice } from '@/api/sensor-requests';
import { PageHead } from '@/ui/PageHead';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import { DeviceForm } from './DeviceForm';
import classes from './Devices.module.css';
import { bodyOf, EMPTY } from './draft';
import { usePlaces } from './use-places';

export function NewDevicePage() {
  const { t } = useTranslation(['devices', 'shell']);
  const client = useQueryClient();
  const navigate = useNavigate();
  const places = usePlaces();
  const [draft, setDraft] = useState(EMPTY);
  const [key] = useState(newKey);
  const make = useMutation({
    mutationFn: () => makeDevice(bodyOf(draft), key),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: DEVICES });
      toast(t('made'));
      await navigate({ to: '/devices/$deviceId', params: { deviceId: id } });
    },
  });
  const error = make.isError ? asApiError(make.error) : null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <PageHead title={t('new.title')} lead={t('new.lead')} back={<Link to="/devices">{t('title')}</Link>} />
      <div className={classes.narrow}>
        <DeviceForm draft={draft} onChange={setDraft} error={error} places={places} />
        {error !== null && <ProblemView error={error} />}
        <div className={classes.buttons}>
          <Button type="submit" loading={make.isPending}>
            {t('new.make')}
          </Button>
          <Button variant="default" renderRoot={(props) => <Link to="/devices" {...props} />}>
            {t('shell:cancel')}
          </Button>
        </div>
      </div>
    </form>
  );
}

/** Takes a device away with all it measured, after asking. Knows the device's name. */
import { Button } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DEVICES, deviceQuery } from '@/api/sensor-queries';
import { removeDevice } from '@/api/sensor-requests';
import type { DeviceView } from '@/api/sensors';
import { Confirm } from '@/ui/Confirm';
import { toast } from '@/ui/toast';

export function DeleteDevice({ device }: { device: DeviceView }) {
  const { t } = useTranslation('devices');
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => removeDevice(device.id),
    onSuccess: async () => {
      await navigate({ to: '/devices', search: {} });
      client.removeQueries({ queryKey: deviceQuery(device.id).queryKey });
      await client.invalidateQueries({ queryKey: DEVICES });
      toast(t('delete.done', { name: device.name }));
    },
  });
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        style={{ justifySelf: 'start' }}
        leftSection={<IconTrash size={17} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {t('delete.open')}
      </Button>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={t('delete.title', { name: device.name })}
        action={t('delete.action')}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      >
        {t('delete.words')}
      </Confirm>
    </>
  );
}

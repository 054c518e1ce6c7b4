/** Devices out to a CSV file and in from one, with what was wrong in which line. Knows the file as text only. */
import { Button, FileButton, Menu, Modal } from '@mantine/core';
import { IconFileDownload, IconFileUpload, IconTable } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DEVICES } from '@/api/sensor-queries';
import { exportDevices, importDevices } from '@/api/sensor-requests';
import type { Imported } from '@/api/sensors';
import { saveFile } from '@/ui/files';
import { ProblemView } from '@/ui/ProblemView';
import { toast } from '@/ui/toast';
import classes from './Devices.module.css';
import { linesOf } from './problem-lines';

export function TransferButtons({ may }: { may: boolean }) {
  const { t } = useTranslation(['devices', 'shell']);
  const client = useQueryClient();
  const reset = useRef<() => void>(null);
  const open = useRef<HTMLButtonElement>(null);
  const [chosen, setChosen] = useState('');
  const give = useMutation({
    mutationFn: exportDevices,
    onSuccess: (text) => saveFile('devices.csv', text, 'text/csv'),
    onError: () => toast(t('csv.export_failed')),
  });
  const take = useMutation({
    mutationFn: importDevices,
    onSuccess: () => client.invalidateQueries({ queryKey: DEVICES }),
    onSettled: () => reset.current?.(),
  });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconTable size={18} aria-hidden />}
            loading={give.isPending || take.isPending}
          >
            {t('csv.open')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFileDownload size={17} aria-hidden />} onClick={() => give.mutate()}>
            {t('csv.export')}
          </Menu.Item>
          {may && (
            <Menu.Item
              leftSection={<IconFileUpload size={17} aria-hidden />}
              onClick={() => open.current?.click()}
            >
              {t('csv.import')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <FileButton
        accept=".csv,text/csv"
        resetRef={reset}
        inputProps={{ 'aria-label': t('csv.import') }}
        onChange={(file) => {
          if (file === null) return;
          void file.text().then((text) => {
            setChosen(text);
            take.mutate(text);
          });
        }}
      >
        {({ onClick }) => (
          <button ref={open} type="button" hidden onClick={onClick} aria-label={t('csv.import')} />
        )}
      </FileButton>
      <Modal
        opened={take.isSuccess || take.isError}
        onClose={() => take.reset()}
        title={t('csv.result')}
        size="lg"
        closeButtonProps={{ 'aria-label': t('shell:close') }}
      >
        {take.isError && <ProblemView error={take.error} />}
        {take.data !== undefined && <Result result={take.data} text={chosen} />}
      </Modal>
    </>
  );
}

function Result({ result, text }: { result: Imported; text: string }) {
  const { t } = useTranslation('devices');
  const lines = linesOf(result.problems, text);
  return (
    <>
      <p className={classes.told}>
        {t('csv.created', { count: result.created })} {t('csv.updated', { count: result.updated })}
      </p>
      {lines.length > 0 && (
        <>
          <p className={classes.told}>{t('csv.problems', { count: lines.length })}</p>
          <ol className={classes.lines}>
            {lines.map(({ line, source, messages }) => (
              <li key={line}>
                <strong>{t('csv.line', { line })}</strong>
                <code>{source}</code>
                <ul>
                  {messages.map((message) => (
                    <li key={message}>{message}</li>
                  ))}
                </ul>
              </li>
            ))}
          </ol>
        </>
      )}
    </>
  );
}

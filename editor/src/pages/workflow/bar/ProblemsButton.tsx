/** How many problems the checker sees, and the list that leads to each place. Knows problems; never what is wrong. */
import { Button, Popover } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { placeAt, TRIGGER } from '@/model';
import { Rich } from '@/ui/Rich';
import { useDocument, useDraftPart, useDraftParts } from '../draft';
import type { Problem } from '../session/parts';
import { goTo } from '../ui';
import classes from './Bar.module.css';

export function ProblemsButton() {
  const { t } = useTranslation('editor');
  const { ui } = useDraftParts();
  const problems = useDraftPart((state) => state.problems);
  const document = useDocument();
  const [open, setOpen] = useState(false);
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const jump = (problem: Problem) => {
    setOpen(false);
    const key = placeAt(document, problem.path)?.key ?? TRIGGER;
    goTo(ui, key, { panel: key, field: problem.path });
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" shadow="md" trapFocus withinPortal>
      <Popover.Target>
        <Button
          className={classes.count}
          data-errors={errors > 0 || undefined}
          variant="subtle"
          color="gray"
          size="xs"
          h={36}
          leftSection={
            problems.length > 0 ? (
              <IconAlertTriangle size={16} aria-hidden />
            ) : (
              <IconCircleCheck size={16} aria-hidden />
            )
          }
          aria-label={t('problems.count', { count: problems.length })}
          onClick={() => setOpen(!open)}
        >
          {problems.length}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('problems.title')}>
        {problems.length === 0 ? (
          <p style={{ margin: 0 }}>{t('problems.none')}</p>
        ) : (
          <ul className={classes.problems}>
            {problems.map((problem) => (
              <li key={`${problem.path}${problem.code}${problem.message}`}>
                <button
                  type="button"
                  className={classes.problem}
                  data-severity={problem.severity}
                  onClick={() => jump(problem)}
                >
                  <span className={classes.problemWhere}>
                    {placeAt(document, problem.path)?.key ?? t('problems.workflow')}
                  </span>
                  <span>
                    <Rich text={problem.message} />
                  </span>
                  {problem.hint !== '' && (
                    <span className={classes.problemWhere}>
                      <Rich text={problem.hint} />
                    </span>
                  )}
                </button>
              </li>
            ))}
          </ul>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

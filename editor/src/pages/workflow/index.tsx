/** The editor of one workflow. Its parts live in this folder and load as one chunk; the shell knows only `WorkflowPage`. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { getWorkflow } from '@/api/workflows';
import { localText } from '@/i18n/local';
import { useLang } from '@/i18n/use-lang';
import { PageBones } from '@/ui/PageBones';
import { PageHead } from '@/ui/PageHead';
import { ProblemView } from '@/ui/ProblemView';

export function WorkflowPage() {
  const { t } = useTranslation('workflows');
  const lang = useLang();
  const { workflowId } = useParams({ from: '/frame/workflows/$workflowId' });
  const found = useQuery({ queryKey: ['workflow', workflowId], queryFn: () => getWorkflow(workflowId) });
  if (found.isPending) return <PageBones />;
  return (
    <>
      <PageHead
        title={localText(found.data?.name, lang) ?? t('nameless')}
        back={<Link to="/workflows">{t('title')}</Link>}
      />
      {found.isError ? (
        <ProblemView error={found.error} retry={() => void found.refetch()} />
      ) : (
        <pre className="mono" style={{ whiteSpace: 'pre-wrap' }}>
          {found.data.source}
        </pre>
      )}
    </>
  );
}

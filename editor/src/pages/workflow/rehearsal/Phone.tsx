/** The messages of a rehearsal as their reader sees them, channel by channel, with what people write back. Knows no node. */
import { IconDeviceMobile } from '@tabler/icons-react';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { useOrganisation } from '@/api/organisation';
import { localText } from '@/i18n/local';
import { useFormats, useLang } from '@/i18n/use-lang';
import { CatalogContext } from '../catalog';
import { type Bubble, bubbleOf } from './bubble';
import { textOf } from './happenings';
import classes from './Phone.module.css';
import type { Rehearsed } from './requests';
import { type Story, talkOf, until } from './story';

interface Props {
  rehearsed: Rehearsed;
  story: Story;
  now: number;
}

interface Bubbled {
  readonly at: string;
  readonly channel: string | undefined;
  readonly bubble: Bubble | undefined;
  /** What came back. */
  readonly text: string | undefined;
}

export function Phone({ rehearsed, story, now }: Props) {
  const { t } = useTranslation('rehearsal');
  const lang = useLang();
  const show = useFormats();
  const catalog = useContext(CatalogContext);
  const shop = useOrganisation().data?.name ?? '';
  const schemaOf = (kind: string) =>
    Object.hasOwn(catalog.nodes, kind) ? catalog.nodes[kind]?.params : undefined;
  const said = until(story, talkOf(rehearsed), now).flatMap((one): Bubbled[] => {
    if ('sent' in one) {
      const { channel, kind, params } = one.sent;
      return [{ at: one.at, channel, bubble: bubbleOf(params, schemaOf(kind), lang), text: undefined }];
    }
    const text = textOf(one.received.output?.data);
    return text === undefined ? [] : [{ at: one.at, channel: undefined, bubble: undefined, text }];
  });
  const channelName = (channel: string) =>
    (Object.hasOwn(catalog.connectors, channel)
      ? localText(catalog.connectors[channel]?.title, lang)
      : undefined) ?? channel;
  return (
    <div className={classes.phone}>
      <div className={classes.screen}>
        {shop !== '' && (
          <p className={classes.who}>
            <span className={classes.face} aria-hidden>
              {shop[0]?.toUpperCase()}
            </span>
            {shop}
          </p>
        )}
        {said.length === 0 && (
          <p className={classes.nothing}>
            <IconDeviceMobile size={26} stroke={1.5} aria-hidden />
            {t('phone.nothing')}
          </p>
        )}
        <ol className={classes.talk}>
          {said.map((one, index) => {
            const isNew =
              one.channel !== undefined &&
              said.findLast((other, at) => at < index && other.channel !== undefined)?.channel !==
                one.channel;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a talk is told anew as a whole
              <li key={index}>
                {isNew && <p className={classes.channel}>{channelName(one.channel ?? '')}</p>}
                <BubbleView said={one} time={show.moment(one.at)} />
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}

function BubbleView({ said, time }: { said: Bubbled; time: string }) {
  const { t } = useTranslation('rehearsal');
  const { bubble } = said;
  return (
    <div
      className={classes.bubble}
      data-mine={said.text !== undefined || undefined}
      data-channel={said.channel}
      data-letter={bubble?.subject !== undefined || undefined}
    >
      <span className="visually-hidden">{t(said.text === undefined ? 'phone.sent' : 'phone.received')}</span>
      {bubble?.subject !== undefined && <p className={classes.subject}>{bubble.subject}</p>}
      {(bubble?.text ?? said.text) !== undefined && (
        <p className={classes.text}>{bubble?.text ?? said.text}</p>
      )}
      {bubble && bubble.facts.length > 0 && (
        <dl className={classes.facts}>
          {bubble.facts.map(({ name, value }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      <p className={classes.time}>{time}</p>
    </div>
  );
}

// A text message or a notification as a phone shows it. Words of others are text, whatever they look like.

import { useTranslation } from 'react-i18next';
import { clock } from '../shell/format.ts';
import classes from './phone.module.css';

export interface PhoneItem {
  readonly id: string;
  readonly channel: string;
  readonly title: string;
  readonly text: string;
  readonly at: number;
}

interface PhoneProps {
  readonly items: readonly PhoneItem[];
  readonly selected: string | null;
  readonly onSelect?: (id: string) => void;
  readonly empty: string;
  readonly brand: string;
}

export function Phone({ items, selected, onSelect, empty, brand }: PhoneProps) {
  const { t } = useTranslation();
  return (
    <section className={classes.phone} aria-label={t('phone.name')}>
      <div className={classes.notch} aria-hidden="true" />
      <div className={classes.screen}>
        {items.length === 0 && <p className={classes.empty}>{empty}</p>}
        {items.map((item) => (
          <button
            type="button"
            key={item.id}
            className={item.channel === 'push' ? classes.push : classes.sms}
            data-selected={item.id === selected || undefined}
            aria-pressed={item.id === selected}
            onClick={() => onSelect?.(item.id)}
          >
            <span className={classes.meta}>
              <span>
                {item.channel === 'push' ? brand : t(`channel.${item.channel}`, { defaultValue: item.channel })}
              </span>
              <span>{clock(item.at)}</span>
            </span>
            {item.channel === 'push' && item.title !== '' && <b>{item.title}</b>}
            <span className={classes.text}>{item.text}</span>
          </button>
        ))}
      </div>
    </section>
  );
}

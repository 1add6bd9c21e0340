/** For programs: the whole report, as depward.report.schema.json publishes it. */
import type { Report } from '../model/report.ts';

// JSON's own escapes leave C1 controls, bidirectional marks and lone surrogates raw; a terminal would still obey some of them.
const steering = /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udfff]/g;

/** Same report, same bytes. */
export default function json(report: Report): string {
  return `${JSON.stringify(report, null, 2).replaceAll(steering, escaped)}\n`;
}

function escaped(found: string): string {
  return [...Array(found.length).keys()].map((index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');
}

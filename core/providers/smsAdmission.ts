/** What no SMS provider can carry, and what this one cannot: said before anything is stored or sent. */
import { sendErrorOf, type SendError } from '../sendError.ts';
import type { Outgoing } from './provider.ts';

export interface SmsLimits {
  /** UTF-16 code units. */
  textLength: number;
  files: number;
  /** Bytes of one file. */
  fileBytes: number;
  /** Bytes of all files of a message. */
  totalBytes?: number;
  /** Whether an alphanumeric sender may send files. */
  alphanumericFiles: boolean;
}

/** Why the message can never go by SMS or MMS within these limits; null when it can. */
export function refuseSms(message: Outgoing, limits: SmsLimits): SendError | null {
  if (/[A-Za-z]/.test(message.to)) {
    return sendErrorOf('invalid_phone_number', { text: 'An alphanumeric sender cannot be answered.' });
  }
  const { content } = message;
  if (content.kind !== 'text' && content.kind !== 'files') {
    return sendErrorOf('unsupported_media', { text: 'SMS carries text and files only.' });
  }
  if (content.text.length > limits.textLength) {
    return sendErrorOf('invalid_parameter', {
      text: `The text has ${content.text.length} characters; ${limits.textLength} are allowed.`,
    });
  }
  const files = content.kind === 'files' ? content.files : [];
  if (files.length === 0) {
    return content.text === '' ? sendErrorOf('invalid_parameter', { text: 'The message is empty.' }) : null;
  }
  if (files.length > limits.files) {
    return sendErrorOf('invalid_parameter', {
      text: `The message has ${files.length} files; ${limits.files} are allowed.`,
    });
  }
  if (!limits.alphanumericFiles && /[A-Za-z]/.test(message.from)) {
    return sendErrorOf('unsupported_media', { text: 'An alphanumeric sender can send text only.' });
  }
  const tooLarge = files.find((file) => file.size > limits.fileBytes);
  if (tooLarge) {
    return sendErrorOf('exceeds_size_limit', {
      text: `${tooLarge.name} has ${megabytes(tooLarge.size)}; ${megabytes(limits.fileBytes)} are allowed.`,
    });
  }
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (limits.totalBytes !== undefined && total > limits.totalBytes) {
    return sendErrorOf('exceeds_size_limit', {
      text: `The files have ${megabytes(total)} together; ${megabytes(limits.totalBytes)} are allowed.`,
    });
  }
  return null;
}

/** Text and file links of a message that `refuseSms` let through. */
export function smsParts(message: Outgoing): { text: string; media: string[] } {
  const { content } = message;
  if (content.kind === 'text') return { text: content.text, media: [] };
  if (content.kind === 'files') return { text: content.text, media: content.files.map((file) => file.url) };
  return { text: '', media: [] };
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 10_000) / 100} MB`;
}

import type { Books } from './books.ts';
import { answeredPage, challengePage, donePage, messagePage } from './challengePage.ts';
import type { Charging } from './charging.ts';
import type { Database } from './database.ts';
import type { ChargeRecord, Log } from './model.ts';
import { type Exchange, readBody, redirect, sendPage } from './reply.ts';

export type Challenge = ReturnType<typeof createChallenge>;

export type ChallengeDeps = { books: Books; charging: Charging; database: Database; log: Log };

/** The 3-D Secure page of the customer's bank. Knowing the charge's id is what lets one in. */
export function createChallenge({ books, charging, database, log }: ChallengeDeps) {
  function handle(exchange: Exchange, id: string) {
    const record = books.find(id);
    if (record === null || record.token !== 'tok_requires_action') {
      return sendPage(exchange, 404, messagePage('Not found', 'There is no such payment.'));
    }
    if (exchange.request.method === 'POST') return receive(exchange, id);
    if (exchange.request.method !== 'GET') {
      return sendPage(exchange, 405, messagePage('Not possible', 'This page can be read and answered, nothing else.'));
    }
    sendPage(exchange, 200, record.charge.status === 'requires_action' ? challengePage(record.charge) : answeredPage());
  }

  function receive(exchange: Exchange, id: string): void {
    readBody(exchange.request, (body) => {
      const decision = new URLSearchParams(body ?? '').get('decision');
      if (decision !== 'approve' && decision !== 'refuse') {
        return sendPage(exchange, 400, messagePage('Not understood', 'Please go back and choose Approve or Refuse.'));
      }
      decide(exchange, id, decision === 'approve');
    });
  }

  /** Read again: the charge may have changed while the form came in. */
  function decide(exchange: Exchange, id: string, approved: boolean) {
    const record = books.find(id);
    if (record === null) return sendPage(exchange, 404, messagePage('Not found', 'There is no such payment.'));
    const open = record.charge.status === 'requires_action';
    if (open) answerOnce(record, approved);
    database.whenDurable((durable) => {
      if (!durable) return sendPage(exchange, 500, messagePage('Sorry', 'That failed. Please try again.'));
      goBack(exchange, record, open ? donePage(approved) : answeredPage());
    });
  }

  function answerOnce(record: ChargeRecord, approved: boolean): void {
    try {
      charging.answerChallenge(record, approved);
    } catch (error) {
      database.spoil();
      log('a challenge failed', { error: String(error) });
    }
  }

  return { handle };
}

/** The address says nothing about the outcome: a merchant has to ask for it. */
function goBack(exchange: Exchange, record: ChargeRecord, otherwise: string): void {
  const url = record.returnUrl === null ? null : URL.parse(record.returnUrl);
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:')) redirect(exchange, url.href);
  else sendPage(exchange, 200, otherwise);
}

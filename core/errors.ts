/**
 * Everything Parley can refuse, in one table: the code that programs act on, and the words that a person
 * reads. The words say what happened and what to do next; the widget replaces them by its own language.
 */

const problems = {
  // Requests
  invalid_input: 'Something in the request is not valid. Correct the marked field and try again.',
  not_found: 'This was not found. It may have been deleted; reload the page.',
  method_not_allowed: 'This address does not accept that method.',
  too_large: 'This is larger than allowed. Send something smaller.',
  too_many_requests: 'Too many requests in a short time. Wait a moment and try again.',
  unavailable: 'The service is not reachable right now. Try again in a moment.',
  conflict: 'This name or number is in use already. Choose another.',
  draft_unknown: 'This form is too old. Open it again; the webhook address will be another one.',
  provider_silent: 'The provider did not answer. Try again in a moment.',
  in_use: 'This is still in use. Remove it from the places named first.',
  last_admin: 'A workspace needs one enabled admin. Make someone else an admin first.',

  // Setup and sign-in
  setup_needed: 'This workspace has no admin yet. Open it in a browser to set it up.',
  setup_done: 'This workspace is set up already. Sign in instead.',
  sign_in_required: 'You are signed out. Sign in and try again.',
  sign_in_failed: 'The e-mail, extension or password is not right. Check them and try again.',
  password_wrong: 'The current password is not right. Type it again.',
  password_weak: 'Choose a password of at least 10 characters that is not a common one.',
  link_expired: 'This link was used or has expired. Ask an admin for a new one.',
  forbidden: 'You do not have access to this. Ask an admin if you need it.',
  origin_refused: 'Requests from this page are not accepted.',

  // Visitors
  channel_unknown: 'There is no such live chat channel. Check the channel number in the script tag.',
  channel_disabled: 'This live chat channel is switched off.',
  domain_not_listed: "This website's domain is not listed in the live chat channel.",
  token_invalid: 'This visitor token is not valid here. Reload the page to start a new one.',
  token_expired: 'This visitor token has expired. Reload the page to start a new one.',
  identity_missing: 'identify() needs a signed token. Sign it on your server with the identity secret.',
  identity_invalid:
    'The identity token is not valid. Check the secret, the algorithm (HS256) and the expiry.',
  profile_required: 'Fill in the form before the chat starts.',
  consent_required: 'Accept the privacy terms before the chat starts.',
  session_limit: 'All agents are busy right now. Try again in a few minutes.',

  // Messages
  frame_invalid: 'This frame is not part of the protocol.',
  message_empty: 'The message is empty. Type something first.',
  message_too_long: 'The message is too long. Shorten it or send it in parts.',
  images_not_allowed: 'Images cannot be sent in this chat.',
  image_type: 'Only PNG and JPEG images can be sent. Choose another file.',
  image_damaged: 'The image is damaged or incomplete. Choose another file.',
  image_too_large: 'The image is larger than 10 MB. Choose a smaller one.',
  media_unknown: 'The uploaded file is gone or belongs to another conversation. Upload it again.',
  file_too_large: 'The file is larger than this channel allows. Choose a smaller one.',
  file_type: 'This kind of file cannot be sent on this channel. Choose another one.',
  not_sendable: 'This cannot be sent on this channel.',
  not_resendable: 'Only a message that failed, or whose outcome is unknown, can be sent again.',
  opted_out: 'The customer has opted out of messages from this number. They can write START to undo it.',
  window_closed: 'The time to answer freely is over. The customer has to write first.',
  template_unknown: 'This template is no longer there. Refresh the list and choose another one.',

  // Sessions
  session_closed: 'This session is closed. The next message of the customer opens a new one.',
  session_not_yours: 'This session is not assigned to you or your queues.',
  picked_up_by_other: 'Another agent has picked up this session.',
  pickup_disabled: 'Sessions of this queue cannot be picked up: everyone in it may answer.',
  not_in_queue: 'This session is not waiting in a queue.',
  transfer_nowhere: 'The session is there already. Choose another agent or queue.',
  transfer_unknown: 'This agent or queue is not there any more. Choose another one.',
  platform_missing: 'No third-party platform is set up. Choose an agent or a queue.',
  start_not_permitted: 'You may not start sessions from this number. Ask an admin to permit it.',
  start_taken: 'A colleague has an open session with this customer on this number.',
  start_channel: 'Sessions can be started by SMS and WhatsApp only. Choose another number.',
  number_invalid: 'This is not a phone number that exists. Check the country and the digits.',
  note_empty: 'The note is empty. Type something first.',

  // Calls
  calls_off: 'Calls are not offered in this chat. Write a message instead.',
  calls_closed: 'Nobody takes calls outside of business hours. Write a message instead.',
  call_busy: 'All lines are busy right now. Write a message, or call again in a few minutes.',
  call_running: 'A call is going on in this session already.',
  call_taken: 'Another agent has answered this call.',
  call_over: 'This call is over. Call again, or write a message.',
  visitor_away:
    'The visitor is not on the website right now. Write a message; they read it when they come back.',
  visitor_unable:
    "Calls are not possible from the visitor's page, which is not secure (HTTPS). Write instead.",
} as const;

export type ProblemCode = keyof typeof problems;

/** A refusal that its receiver can act on. `field` names the part of the input that has to change. */
export interface Problem {
  code: ProblemCode;
  message: string;
  field?: string;
  /** Names that the message cannot carry, such as the channels that use a queue. */
  details?: string[];
}

export const problemCodes = Object.keys(problems) as [ProblemCode, ...ProblemCode[]];

/** Builds a problem; `message` replaces the default words where the place knows better ones. */
export function problem(
  code: ProblemCode,
  more: { message?: string; field?: string; details?: string[] } = {},
): Problem {
  return { code, message: problems[code], ...more };
}

/** The icons of the product: Lucide's outlines (ISC licence), built in as text, drawn at 1.5 px. */
import archive from 'lucide-static/icons/archive.svg?raw';
import archiveRestore from 'lucide-static/icons/archive-restore.svg?raw';
import arrowDown from 'lucide-static/icons/arrow-down.svg?raw';
import arrowLeft from 'lucide-static/icons/arrow-left.svg?raw';
import ban from 'lucide-static/icons/ban.svg?raw';
import bell from 'lucide-static/icons/bell.svg?raw';
import bellOff from 'lucide-static/icons/bell-off.svg?raw';
import bold from 'lucide-static/icons/bold.svg?raw';
import braces from 'lucide-static/icons/braces.svg?raw';
import building from 'lucide-static/icons/building-2.svg?raw';
import canned from 'lucide-static/icons/zap.svg?raw';
import check from 'lucide-static/icons/check.svg?raw';
import checkCheck from 'lucide-static/icons/check-check.svg?raw';
import chevronLeft from 'lucide-static/icons/chevron-left.svg?raw';
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw';
import circleAlert from 'lucide-static/icons/circle-alert.svg?raw';
import circleCheck from 'lucide-static/icons/circle-check.svg?raw';
import clock from 'lucide-static/icons/clock.svg?raw';
import code from 'lucide-static/icons/code-xml.svg?raw';
import contact from 'lucide-static/icons/contact.svg?raw';
import copy from 'lucide-static/icons/copy.svg?raw';
import download from 'lucide-static/icons/download.svg?raw';
import ellipsis from 'lucide-static/icons/ellipsis-vertical.svg?raw';
import end from 'lucide-static/icons/circle-check-big.svg?raw';
import external from 'lucide-static/icons/external-link.svg?raw';
import eye from 'lucide-static/icons/eye.svg?raw';
import eyeOff from 'lucide-static/icons/eye-off.svg?raw';
import file from 'lucide-static/icons/file.svg?raw';
import headphones from 'lucide-static/icons/headphones.svg?raw';
import hours from 'lucide-static/icons/calendar-clock.svg?raw';
import image from 'lucide-static/icons/image.svg?raw';
import imageOff from 'lucide-static/icons/image-off.svg?raw';
import inbox from 'lucide-static/icons/inbox.svg?raw';
import info from 'lucide-static/icons/info.svg?raw';
import italic from 'lucide-static/icons/italic.svg?raw';
import key from 'lucide-static/icons/key-round.svg?raw';
import layers from 'lucide-static/icons/layers.svg?raw';
import link from 'lucide-static/icons/link.svg?raw';
import log from 'lucide-static/icons/scroll-text.svg?raw';
import mail from 'lucide-static/icons/mail.svg?raw';
import mapPin from 'lucide-static/icons/map-pin.svg?raw';
import megaphone from 'lucide-static/icons/megaphone.svg?raw';
import menu from 'lucide-static/icons/menu.svg?raw';
import message from 'lucide-static/icons/message-circle.svg?raw';
import messages from 'lucide-static/icons/messages-square.svg?raw';
import messageSquare from 'lucide-static/icons/message-square-text.svg?raw';
import mic from 'lucide-static/icons/mic.svg?raw';
import micOff from 'lucide-static/icons/mic-off.svg?raw';
import panel from 'lucide-static/icons/panel-right.svg?raw';
import paperclip from 'lucide-static/icons/paperclip.svg?raw';
import pause from 'lucide-static/icons/pause.svg?raw';
import pencil from 'lucide-static/icons/pencil.svg?raw';
import phone from 'lucide-static/icons/phone.svg?raw';
import phoneCall from 'lucide-static/icons/phone-call.svg?raw';
import phoneMissed from 'lucide-static/icons/phone-missed.svg?raw';
import phoneOff from 'lucide-static/icons/phone-off.svg?raw';
import play from 'lucide-static/icons/play.svg?raw';
import plus from 'lucide-static/icons/plus.svg?raw';
import question from 'lucide-static/icons/circle-question-mark.svg?raw';
import refresh from 'lucide-static/icons/refresh-cw.svg?raw';
import reply from 'lucide-static/icons/reply.svg?raw';
import search from 'lucide-static/icons/search.svg?raw';
import send from 'lucide-static/icons/send-horizontal.svg?raw';
import settings from 'lucide-static/icons/settings.svg?raw';
import signalHigh from 'lucide-static/icons/signal-high.svg?raw';
import signalLow from 'lucide-static/icons/signal-low.svg?raw';
import signalMedium from 'lucide-static/icons/signal-medium.svg?raw';
import signOut from 'lucide-static/icons/log-out.svg?raw';
import smile from 'lucide-static/icons/smile.svg?raw';
import template from 'lucide-static/icons/layout-template.svg?raw';
import trash from 'lucide-static/icons/trash-2.svg?raw';
import unread from 'lucide-static/icons/message-square-dot.svg?raw';
import unplug from 'lucide-static/icons/unplug.svg?raw';
import upload from 'lucide-static/icons/upload.svg?raw';
import user from 'lucide-static/icons/circle-user.svg?raw';
import users from 'lucide-static/icons/users.svg?raw';
import video from 'lucide-static/icons/video.svg?raw';
import warning from 'lucide-static/icons/triangle-alert.svg?raw';
import tag from 'lucide-static/icons/tag.svg?raw';
import transfer from 'lucide-static/icons/arrow-right-left.svg?raw';
import note from 'lucide-static/icons/sticky-note.svg?raw';
import keyboard from 'lucide-static/icons/keyboard.svg?raw';
import x from 'lucide-static/icons/x.svg?raw';

export const icons = {
  archive,
  archiveRestore,
  arrowDown,
  arrowLeft,
  ban,
  bell,
  bellOff,
  bold,
  braces,
  building,
  canned,
  check,
  checkCheck,
  chevronLeft,
  chevronRight,
  circleAlert,
  circleCheck,
  clock,
  code,
  contact,
  copy,
  download,
  ellipsis,
  end,
  external,
  eye,
  eyeOff,
  file,
  headphones,
  hours,
  image,
  imageOff,
  inbox,
  info,
  italic,
  key,
  keyboard,
  layers,
  link,
  log,
  mail,
  mapPin,
  megaphone,
  menu,
  message,
  messages,
  messageSquare,
  mic,
  micOff,
  note,
  panel,
  paperclip,
  pause,
  pencil,
  phone,
  phoneCall,
  phoneMissed,
  phoneOff,
  play,
  plus,
  question,
  refresh,
  reply,
  search,
  send,
  settings,
  signalHigh,
  signalLow,
  signalMedium,
  signOut,
  smile,
  tag,
  template,
  transfer,
  trash,
  unplug,
  unread,
  upload,
  user,
  users,
  video,
  warning,
  x,
};

export type IconName = keyof typeof icons;

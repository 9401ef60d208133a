/**
 * A TURN server over UDP (RFC 8656, with the messages of RFC 8489), as coturn with `use-auth-secret`: it lets in who has
 * credentials made with its secret, and relays what they send and get. It shares no code with what it checks.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';

const cookie = 0x2112a442;
const realm = 'turn.example.com';
const lifetimeSeconds = 600;

const method = { binding: 1, allocate: 3, refresh: 4, send: 6, data: 7, permit: 8, bindChannel: 9 };
const attribute = {
  username: 0x0006,
  integrity: 0x0008,
  error: 0x0009,
  channel: 0x000c,
  lifetime: 0x000d,
  peer: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  relayed: 0x0016,
  mapped: 0x0020,
};

type Attribute = [type: number, value: Buffer];

interface Message {
  /** By `method`. */
  method: number;
  transaction: Buffer;
  attributes: Map<number, Buffer>;
  /** The bytes before MESSAGE-INTEGRITY, with the length that it is made over; null without one. */
  covered: Buffer | null;
}

interface Address {
  address: string;
  port: number;
}

interface Allocation {
  relay: Socket;
  client: Address;
  key: Buffer;
  permitted: Set<string>;
  /** Numbers of channels by peers, and the other way round. */
  channels: Map<string, number>;
  peers: Map<number, Address>;
}

export interface TurnSimulator {
  /** `turn:<address>:<port>?transport=udp` */
  readonly url: string;
  /** How many have been let in. */
  readonly allocations: number;
  /** How many have come without good credentials, and not again with them. */
  readonly refused: number;
  /** Bytes of what clients have sent through it. */
  readonly relayed: number;
  close(): void;
}

/** Starts one that checks credentials by `secret`, on an address of this machine that browsers use. */
export async function startTurn(secret: string): Promise<TurnSimulator> {
  const address =
    Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
  const server = new Turn(secret, address);
  await server.listen();
  return server;
}

class Turn implements TurnSimulator {
  refused = 0;
  relayed = 0;
  allocations = 0;
  private readonly socket = createSocket('udp4');
  private readonly nonce = randomBytes(8).toString('hex');
  private readonly byClient = new Map<string, Allocation>();

  constructor(
    private readonly secret: string,
    private readonly address: string,
  ) {
    this.socket.on('message', (packet, from) => {
      if ((packet[0] ?? 0) >> 6 === 1) this.hearChannel(packet, from);
      else this.hear(packet, from);
    });
  }

  get url(): string {
    return `turn:${this.address}:${this.socket.address().port}?transport=udp`;
  }

  listen(): Promise<void> {
    return new Promise((bound) => this.socket.bind(0, this.address, bound));
  }

  close(): void {
    this.socket.close();
    for (const { relay } of this.byClient.values()) relay.close();
  }

  private hear(packet: Buffer, from: RemoteInfo): void {
    const message = read(packet);
    if (!message) return;
    if (message.method === method.binding) {
      return this.answer(message, from, null, [[attribute.mapped, crossed(from)]]);
    }
    const allocation = this.byClient.get(nameOf(from));
    if (message.method === method.send) return allocation && this.send(allocation, message);
    const key = this.keyOf(message);
    if (!key) return this.challenge(message, from);
    if (message.method === method.allocate) return void this.allocate(message, from, key);
    if (!allocation) return;
    const peer = message.attributes.get(attribute.peer);
    if (message.method === method.refresh) {
      const asked = message.attributes.get(attribute.lifetime)?.readUInt32BE(0) ?? lifetimeSeconds;
      if (asked === 0) this.end(allocation);
      return this.answer(message, from, key, [[attribute.lifetime, uint32(asked)]]);
    }
    if (!peer) return;
    allocation.permitted.add(uncrossed(peer).address);
    if (message.method === method.bindChannel) {
      const number = message.attributes.get(attribute.channel)?.readUInt16BE(0) ?? 0;
      allocation.channels.set(nameOf(uncrossed(peer)), number);
      allocation.peers.set(number, uncrossed(peer));
    }
    this.answer(message, from, key, []);
  }

  private async allocate(message: Message, from: RemoteInfo, key: Buffer): Promise<void> {
    const relay = createSocket('udp4');
    await new Promise<void>((bound) => relay.bind(0, this.address, bound));
    const allocation: Allocation = {
      relay,
      client: from,
      key,
      permitted: new Set(),
      channels: new Map(),
      peers: new Map(),
    };
    this.byClient.set(nameOf(from), allocation);
    this.allocations += 1;
    relay.on('message', (packet, peer) => this.deliver(allocation, packet, peer));
    this.answer(message, from, key, [
      [attribute.relayed, crossed({ address: this.address, port: relay.address().port })],
      [attribute.mapped, crossed(from)],
      [attribute.lifetime, uint32(lifetimeSeconds)],
    ]);
  }

  private end(allocation: Allocation): void {
    this.byClient.delete(nameOf(allocation.client));
    allocation.relay.close();
  }

  // ── What is relayed ───────────────────────────────────────────────────────────────────────────────────

  private send(allocation: Allocation, { attributes }: Message): void {
    const [peer, data] = [attributes.get(attribute.peer), attributes.get(attribute.data)];
    if (peer && data) this.pass(allocation, data, uncrossed(peer));
  }

  private hearChannel(packet: Buffer, from: RemoteInfo): void {
    const allocation = this.byClient.get(nameOf(from));
    const peer = allocation?.peers.get(packet.readUInt16BE(0));
    if (allocation && peer) this.pass(allocation, packet.subarray(4, 4 + packet.readUInt16BE(2)), peer);
  }

  private pass(allocation: Allocation, data: Buffer, peer: Address): void {
    if (!allocation.permitted.has(peer.address)) return;
    this.relayed += data.length;
    allocation.relay.send(data, peer.port, peer.address);
  }

  private deliver({ client, channels, permitted }: Allocation, packet: Buffer, peer: Address): void {
    if (!permitted.has(peer.address)) return;
    const channel = channels.get(nameOf(peer));
    if (channel === undefined) {
      const indication = write(method.data, 'indication', randomBytes(12), [
        [attribute.peer, crossed(peer)],
        [attribute.data, packet],
      ]);
      return this.socket.send(indication, client.port, client.address);
    }
    const head = Buffer.alloc(4);
    head.writeUInt16BE(channel, 0);
    head.writeUInt16BE(packet.length, 2);
    this.socket.send(Buffer.concat([head, packet]), client.port, client.address);
  }

  // ── Who is let in ─────────────────────────────────────────────────────────────────────────────────────

  /** The key that both sides sign with; null unless the message is signed with it and not out of date. */
  private keyOf({ attributes, covered }: Message): Buffer | null {
    const username = attributes.get(attribute.username)?.toString() ?? '';
    const signed = attributes.get(attribute.integrity);
    if (!covered || !signed || !(Number(username.split(':')[0]) > Date.now() / 1000)) return null;
    const password = createHmac('sha1', this.secret).update(username).digest('base64');
    const key = createHash('md5').update(`${username}:${realm}:${password}`).digest();
    return createHmac('sha1', key).update(covered).digest().equals(signed) ? key : null;
  }

  private challenge(message: Message, to: Address): void {
    if (message.covered) this.refused += 1;
    const code = Buffer.concat([Buffer.from([0, 0, 4, 1]), Buffer.from('Unauthorized')]);
    const answer = write(message.method, 'error', message.transaction, [
      [attribute.error, code],
      [attribute.realm, Buffer.from(realm)],
      [attribute.nonce, Buffer.from(this.nonce)],
    ]);
    this.socket.send(answer, to.port, to.address);
  }

  private answer(message: Message, to: Address, key: Buffer | null, attributes: Attribute[]): void {
    const answer = write(message.method, 'success', message.transaction, attributes, key);
    this.socket.send(answer, to.port, to.address);
  }
}

// ── Bytes ───────────────────────────────────────────────────────────────────────────────────────────────

const headBytes = 20;
const classes = { indication: 0x0010, success: 0x0100, error: 0x0110 };

/** Null for what is no request and no indication. */
function read(packet: Buffer): Message | null {
  if (packet.length < headBytes || packet.readUInt32BE(4) !== cookie) return null;
  const type = packet.readUInt16BE(0);
  if ((type & classes.success) !== 0) return null;
  const attributes = new Map<number, Buffer>();
  let covered: Buffer | null = null;
  for (let at = headBytes; at + 4 <= packet.length;) {
    const [name, length] = [packet.readUInt16BE(at), packet.readUInt16BE(at + 2)];
    attributes.set(name, packet.subarray(at + 4, at + 4 + length));
    if (name === attribute.integrity) {
      covered = Buffer.from(packet.subarray(0, at));
      covered.writeUInt16BE(at - headBytes + 24, 2);
    }
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return { method: type & 0x000f, transaction: packet.subarray(8, headBytes), attributes, covered };
}

function write(
  of: number,
  as: keyof typeof classes,
  transaction: Buffer,
  attributes: Attribute[],
  key: Buffer | null = null,
): Buffer {
  const body = Buffer.concat(attributes.map(written));
  const head = Buffer.alloc(8);
  head.writeUInt16BE(of | classes[as], 0);
  head.writeUInt16BE(body.length + (key ? 24 : 0), 2);
  head.writeUInt32BE(cookie, 4);
  const message = Buffer.concat([head, transaction, body]);
  if (!key) return message;
  const signed = createHmac('sha1', key).update(message).digest();
  return Buffer.concat([message, written([attribute.integrity, signed])]);
}

function written([type, value]: Attribute): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(value.length, 2);
  return Buffer.concat([head, value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** An IPv4 address as XOR-…-ADDRESS has it. */
function crossed({ address, port }: Address): Buffer {
  const bytes = Buffer.from([0, 1, 0, 0, ...address.split('.').map(Number)]);
  bytes.writeUInt16BE(port ^ (cookie >>> 16), 2);
  bytes.writeUInt32BE((bytes.readUInt32BE(4) ^ cookie) >>> 0, 4);
  return bytes;
}

function uncrossed(value: Buffer): Address {
  const plain = uint32((value.readUInt32BE(4) ^ cookie) >>> 0);
  return { address: [...plain].join('.'), port: value.readUInt16BE(2) ^ (cookie >>> 16) };
}

const nameOf = ({ address, port }: Address): string => `${address}:${port}`;

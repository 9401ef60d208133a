/**
 * Where a form stores its campaign: the draft is made when recipients first need one, and goes again with the form
 * if nobody saves it.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { CampaignInput } from '../../core/campaign.ts';
import type { Campaign } from '../../core/campaignApi.ts';
import type { Problem } from '../../core/errors.ts';
import type { Answer } from '../data/api.ts';
import {
  changeCampaign,
  createCampaign,
  deleteCampaigns,
  dropFile,
  fileUrl,
  storeFile,
} from '../data/campaigns.ts';
import type { Form } from '../elements/form.ts';
import { carriesFile, type CampaignDraft } from './draft.ts';

export class StoredDraft implements ReactiveController {
  /** Empty while there is none. */
  id = '';
  /** Of the file on its way, 0 to 1; null when none is. */
  uploading: number | null = null;
  #isKept = false;
  #hasFile = false;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly form: Form<CampaignDraft>,
  ) {
    host.addController(this);
  }

  /** Whether it has something that is lost when the form is left. */
  get isPending(): boolean {
    return this.id !== '' && !this.#isKept;
  }

  hostDisconnected(): void {
    if (this.isPending) void deleteCampaigns([this.id]);
  }

  /** Goes on with a campaign that is stored. */
  take({ id, file }: Campaign): void {
    this.id = id;
    this.#isKept = true;
    this.#hasFile = file !== null;
  }

  /** Answers the id of the draft, which is made if need be. */
  ensure = async (): Promise<Answer<string>> => {
    if (this.id !== '') return { value: this.id };
    const { name, channel, number } = this.form.values;
    const answer = await createCampaign({ name: name.trim() || 'New campaign', channel, number });
    if ('problem' in answer) return answer;
    this.id = answer.value.id;
    this.host.requestUpdate();
    return { value: this.id };
  };

  /** Stores everything, the file first: sending may begin with the rest. */
  save = async (input: CampaignInput): Promise<Answer<Campaign>> => {
    const draft = await this.ensure();
    if ('problem' in draft) return draft;
    const refused = await this.saveFile(draft.value);
    if (refused) return { problem: refused };
    const answer = await changeCampaign(draft.value, input);
    if ('value' in answer) this.#isKept = true;
    return answer;
  };

  /** Null when the file is stored, or none is to be. */
  private async saveFile(id: string): Promise<Problem | null> {
    const { content } = this.form.values;
    const { file } = content;
    if (!carriesFile(this.form.values) || file === null) {
      const answer = this.#hasFile ? await dropFile(id) : null;
      if (answer && 'problem' in answer) return answer.problem;
      this.#hasFile = false;
      return null;
    }
    if (!(file instanceof File)) return null;
    this.progress(0);
    const answer = await storeFile(id, file, (share) => this.progress(share)).answer;
    this.progress(null);
    if ('problem' in answer) return { ...answer.problem, field: 'content.file' };
    const { name, type, size } = answer.value;
    this.#hasFile = true;
    this.form.set({ content: { ...content, file: { name, type, size, url: fileUrl(id) } } });
    return null;
  }

  private progress(share: number | null): void {
    this.uploading = share;
    this.host.requestUpdate();
  }
}

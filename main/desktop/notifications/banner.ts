/** What a notification says. */
export interface BannerWords {
  readonly title: string
  readonly body: string
}

/** What becomes of a notification that was shown. */
export interface BannerEvents {
  /** The person clicked it, which closed it. */
  readonly onClick: () => void
  /** The person or its time closed it; not called after our own {@link Banner.close}. */
  readonly onClose?: () => void
  /** The system shows none. */
  readonly onFail?: () => void
}

/** One notification of the system's: its words can change, and it takes the place of what it showed before. */
export interface Banner {
  readonly show: (words: BannerWords) => void
  readonly close: () => void
}

/** Makes {@link Banner}s that show nothing yet. */
export type MakeBanner = (events: BannerEvents) => Banner

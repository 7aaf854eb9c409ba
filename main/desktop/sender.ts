/** A frame, as far as the check looks at it; Electron's `WebFrameMain`. */
export interface FrameLike {
  /** `app://natter`; a page cannot set it. */
  readonly origin: string
}

/** A call's event, as far as the check looks at it; Electron's `IpcMainInvokeEvent`. */
export interface CallEvent {
  /** null once the frame has navigated away or is gone. */
  readonly senderFrame: FrameLike | null | undefined
}

/** The one page that may call. */
export interface Page {
  readonly mainFrame: FrameLike
  readonly origin: string
}

/**
 * Whether a call comes from the main frame of our own page. Whatever is
 * missing, gone or different means no.
 */
export function isOurPage (event: CallEvent, page: Page | undefined): boolean {
  try {
    const frame = event.senderFrame
    return page !== undefined && frame !== null && frame !== undefined && frame === page.mainFrame && frame.origin === page.origin
  } catch {
    // A frame that is destroyed throws when it is looked at.
    return false
  }
}

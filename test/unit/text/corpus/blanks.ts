/** Texts of which nothing is seen, each as somebody could send it. */
export const BLANKS: readonly string[] = [
  ' ', '\n\n\n', '\t', '\u00A0', '\u2003\u3000', '\u1680',
  // Zero width, joiners, direction marks, byte order mark.
  '\u200B', '\u200C\u200D', '\u200E\u200F', '\u202A\u202C', '\u2066\u2069', '\u2060', '\uFEFF', '\u061C', '\u180E',
  // Soft hyphen, combining grapheme joiner, fillers, invisible operators.
  '\u00AD', '\u034F', '\u115F\u1160', '\u3164', '\uFFA0', '\u17B4\u17B5', '\u2061\u2062\u2063\u2064', '\u206A\u206F',
  // Variation selectors and tags without what they would change.
  '\uFE0F', '\uFE00', '\u{E0100}', '\u180B', '\u{E0001}', '\u{E0067}\u{E0062}\u{E007F}',
  // Blanks that Unicode counts as symbols or letters; what Chromium gives no width; controls.
  '\u2800', '\u{1D159}', '\u{1D173}', '\u{1BCA0}', '\u{13441}', '\uFFFC', '\uFFF9\uFFFB', '\0\u0007\u0085',
  '\u200B \u3164\n\u2800\u{E0020}'
]

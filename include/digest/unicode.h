/*
 * Unicode, by libunistring: what a terminal column is, where a line may break, when two words are
 * the same word. Input is UTF-8; bytes that are not are treated as U+FFFD, never passed on.
 */
#ifndef DIGEST_UNICODE_H
#define DIGEST_UNICODE_H

#include "digest/buf.h"

/* Whether `s` is well-formed UTF-8 (no surrogates, no overlong forms, nothing above U+10FFFF). */
bool unicode_is_valid(struct str s);

/* Appends `s` with ill-formed bytes as U+FFFD and nothing else changed. */
void unicode_add_valid(struct buf *out, struct str s);

/*
 * Appends `s` as plain text: ill-formed bytes become U+FFFD; C0 and C1 controls but TAB and LF,
 * DEL, and the bidirectional and invisible format controls that can make text look like other text
 * or hide some (U+00AD, U+061C, U+200B, U+200E, U+200F, U+202A…U+202E, U+2060…U+2069, U+FEFF,
 * U+E0000…U+E007F), are dropped. CRLF, CR, U+2028 and U+2029 become LF.
 */
void unicode_add_clean(struct buf *out, struct str s);

/* As unicode_add_clean(), and every run of white space (NBSP included) becomes one space, none at
 * either end: text on one line. */
void unicode_add_collapsed(struct buf *out, struct str s);

/*
 * Whether `s` is ASCII words parted by single spaces, as most lines and abstracts are: then neither
 * unicode_add_clean() nor unicode_add_collapsed() changes it.
 */
bool unicode_is_plain(struct str s);

/*
 * Whether `s` is one line without a character that unicode_add_clean() drops;
 * false in case of doubt.
 */
bool unicode_is_one_line(struct str s);

/* Whether a letter is among it that is written from right to left (UAX #9: R or AL). */
bool unicode_has_right_to_left(struct str s);

/*
 * Appends `s`, clean text, and where unicode_has_right_to_left() between U+2068 and U+2069: then
 * what stands beside it, numbers and punctuation above all, keeps its place where text is shown by
 * UAX #9.
 * Terminals without that give both no column, and mutt leaves them out.
 */
void unicode_add_isolated(struct buf *out, struct str s);

/*
 * Appends the form in which words are compared: NFKD, full case folding, accents and invisible
 * characters dropped. "Tülu" and "TULU" give the same bytes. Punctuation and white space stay, and
 * so do marks that are no accents (vowel signs of Indic scripts, the voicing of Kana).
 */
void unicode_add_folded(struct buf *out, struct str s);

/* Appends `s` composed (NFC): an accent that combines becomes part of its letter where it can. */
void unicode_add_composed(struct buf *out, struct str s);

/*
 * Appends `s` in lower case, composed. "JÜRGEN" and "jürgen" give the same bytes, "jurgen" others.
 */
void unicode_add_lower(struct buf *out, struct str s);

/*
 * Takes the next word (letters, digits and marks; each Han, Hiragana or Katakana letter is a word
 * of its own) off the front of folded text.
 */
bool unicode_next_word(struct str *rest, struct str *word);

/* Terminal columns: 2 for wide and full-width characters, 0 for combining and control ones. */
size_t unicode_width(struct str s);

/*
 * The longest beginning of `s` that is at most `columns` wide and does not cut a character as
 * people see it (UAX #29).
 */
struct str unicode_head(struct str s, size_t columns);

/*
 * Appends `text` wrapped so that no line is wider than `columns`, by the line-break rules of UAX
 * #14; the first line starts with `first`, the others with `rest` (both count). A piece that cannot
 * be broken (a URL) stands on a line of its own, too long if it must be. LF in `text` ends a
 * paragraph line. No white space at the end of a line, nor before its text but the prefix; ends
 * with LF unless `text` is empty. Controls are dropped as by unicode_add_clean(), TAB is a space;
 * but what unicode_add_isolated() added stays, and is ended and begun anew where a line ends in it.
 */
void
unicode_wrap(struct buf *out, struct str text, size_t columns, struct str first, struct str rest);

/*
 * The ASCII form (RFC 5890 A-labels, mapped as UTS #46 has it) of a host name, in lower case: 0, or
 * -1 when there is none. Only letters, digits and inner hyphens, no dot at the end.
 */
int unicode_host_to_ascii(struct buf *out, struct str host);

#endif

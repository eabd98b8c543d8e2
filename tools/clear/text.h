/*
 * text.h: which of the two languages a person reads, and choosing between two texts.
 *
 * Everything a person reads is written as a pair, English first. What a program reads (JSON, CSV, tabs) never depends on it.
 *
 * Threads   the language is set once, before anything is printed; then it is constant.
 */
#ifndef CLEAR_TEXT_H
#define CLEAR_TEXT_H

#include <stdbool.h>

enum text_lang { TEXT_EN, TEXT_ZH };

void text_lang_set(enum text_lang lang);
enum text_lang text_lang_get(void);

/** "zh" or "en" of the language set. */
const char *text_lang_name(void);

/** Exactly "zh" or "en". */
bool text_lang_parse(const char *name, enum text_lang *out);

/** By CLEAR_LANG ("zh…", "en…"), else by LANG ("zh_CN.UTF-8"), else English. NULL and "" are absent. */
enum text_lang text_lang_of_environment(const char *clear_lang, const char *lang);

/** The text in the language set. */
const char *text_of(const char *en, const char *zh);

#endif

#include "text.h"

#include <stddef.h>
#include <string.h>

static enum text_lang current_lang = TEXT_EN;

void text_lang_set(enum text_lang lang)
{
    current_lang = lang;
}

enum text_lang text_lang_get(void)
{
    return current_lang;
}

const char *text_lang_name(void)
{
    return current_lang == TEXT_ZH ? "zh" : "en";
}

bool text_lang_parse(const char *name, enum text_lang *out)
{
    if (strcmp(name, "zh") == 0) *out = TEXT_ZH;
    else if (strcmp(name, "en") == 0) *out = TEXT_EN;
    else return false;
    return true;
}

/** A locale name begins with its language: "zh", "zh_CN.UTF-8", "en-GB"; "zhuang" is none of ours. */
static bool locale_is(const char *locale, const char *lang)
{
    if (locale == NULL || strncmp(locale, lang, 2) != 0) return false;
    return locale[2] == '\0' || strchr("_-.@", locale[2]) != NULL;
}

enum text_lang text_lang_of_environment(const char *clear_lang, const char *lang)
{
    if (locale_is(clear_lang, "zh")) return TEXT_ZH;
    if (locale_is(clear_lang, "en")) return TEXT_EN;
    return locale_is(lang, "zh") ? TEXT_ZH : TEXT_EN;
}

const char *text_of(const char *en, const char *zh)
{
    return current_lang == TEXT_ZH ? zh : en;
}

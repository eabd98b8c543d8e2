#include "option.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "suggest.h"
#include "value.h"

static const struct option_spec specs[OPTION_ID_COUNT] = {
#define X(id, name, type, value, choices, en, zh) [OPTION_ID_##id] = { name, OPTION_##type, value, choices, en, zh },
    OPTION_LIST(X)
#undef X
};

const struct option_spec *option_spec(enum option_id id)
{
    assert(id > OPTION_END && id < OPTION_ID_COUNT);
    return &specs[id];
}

bool option_takes_value(enum option_id id)
{
    const enum option_type type = option_spec(id)->type;
    return type != OPTION_FLAG && type != OPTION_CHOICE_OR_FLAG;
}

bool option_choice(const char *choices, unsigned index, char *text, size_t size)
{
    for (; index > 0; index--) {
        choices = strchr(choices, '|');
        if (choices == NULL) return false;
        choices++;
    }
    const size_t length = strcspn(choices, "|");
    if (length == 0 || length >= size) return false;
    memcpy(text, choices, length);
    text[length] = '\0';
    return true;
}

static enum clr_status say_unknown(const unsigned char *allowed, const char *word, size_t length, struct clr_fault *fault)
{
    char typed[64];
    struct suggestion near = { .typed = typed };

    snprintf(typed, sizeof typed, "%.*s", (int)(length < sizeof typed ? length : sizeof typed - 1), word);
    for (; *allowed != OPTION_END; allowed++)
        if (*option_spec(*allowed)->en != '\0') suggest_offer(&near, option_spec(*allowed)->name);
    if (near.best != NULL)
        return clr_fault_say(fault, CLR_USAGE, "unknown option --%s; did you mean --%s?",
                             "未知选项 --%s；是否想用 --%s？", typed, near.best);
    return clr_fault_say(fault, CLR_USAGE, "unknown option --%s; --help lists the options of this command",
                         "未知选项 --%s；用 --help 查看此命令的选项", typed);
}

/* What a value of each type must be; both formats take the option's name, the text seen and the choices. */
static const struct { const char *en, *zh; } wrong[] = {
    [OPTION_COUNT] = { "--%s: \"%.64s\" is not a whole number%.0s", "--%s：“%.64s”不是非负整数%.0s" },
    [OPTION_SIZE] = { "--%s: \"%.64s\" is not a size; write 512M, 2GiB or bytes%.0s",
                     "--%s：“%.64s”不是大小；请写 512M、2GiB 或字节数%.0s" },
    [OPTION_DAY] = { "--%s: \"%.64s\" is not a date; write YYYY-MM-DD%.0s", "--%s：“%.64s”不是日期；请写 YYYY-MM-DD%.0s" },
    [OPTION_TIME] = { "--%s: \"%.64s\" is not a time; write 2026-03-03T02:00:00+08:00 or now%.0s",
                      "--%s：“%.64s”不是时间；请写 2026-03-03T02:00:00+08:00 或 now%.0s" },
    [OPTION_CHOICE] = { "--%s: \"%.64s\" is none of %s", "--%s：“%.64s”不在 %s 之中" },
    [OPTION_CHOICE_OR_FLAG] = { "--%s: \"%.64s\" is none of %s", "--%s：“%.64s”不在 %s 之中" },
};

static bool read_choice(const char *choices, const char *text, uint64_t *index)
{
    char choice[32];

    for (unsigned i = 0; option_choice(choices, i, choice, sizeof choice); i++) {
        if (strcmp(choice, text) != 0) continue;
        *index = i;
        return true;
    }
    return false;
}

static bool read_time(const char *text, struct option_value *value)
{
    value->now = strcmp(text, "now") == 0;
    value->time_s = value->now ? CLR_TIME_NONE : clr_time_parse(clr_bytes_text(text));
    return value->now || value->time_s != CLR_TIME_NONE;
}

static enum clr_status read_value(const struct option_spec *spec, const char *text, struct option_value *value, struct clr_fault *fault)
{
    bool good = true;

    *value = (struct option_value){ .given = true, .text = text };
    switch (spec->type) {
    case OPTION_FLAG: break;
    case OPTION_COUNT: good = value_count(text, &value->number); break;
    case OPTION_SIZE: good = value_size(text, &value->number); break;
    case OPTION_DAY: good = (value->day = clr_day_parse(clr_bytes_text(text))) != CLR_DAY_NONE; break;
    case OPTION_TIME: good = read_time(text, value); break;
    case OPTION_CHOICE:
    case OPTION_CHOICE_OR_FLAG: good = read_choice(spec->choices, text, &value->number); break;
    case OPTION_TEXT:
    case OPTION_DIRECTORY:
    case OPTION_FILE:
        if (*text == '\0') return clr_fault_say(fault, CLR_USAGE, "--%s: the value is empty", "--%s：值为空", spec->name);
        break;
    }
    if (good) return CLR_OK;
    return clr_fault_say(fault, CLR_USAGE, wrong[spec->type].en, wrong[spec->type].zh, spec->name, text,
                         spec->choices == NULL ? "" : spec->choices);
}

static enum option_id find(const unsigned char *allowed, const char *name, size_t length)
{
    for (; *allowed != OPTION_END; allowed++) {
        const char *known = option_spec(*allowed)->name;
        if (strlen(known) == length && memcmp(known, name, length) == 0) return *allowed;
    }
    return OPTION_END;
}

/** One option word at argv[*at]; *at moves past it and its value. */
static enum clr_status read_option(const unsigned char *allowed, int argc, char **argv, int *at, struct arguments *out,
                                   struct clr_fault *fault)
{
    const char *word = argv[(*at)++] + 2;
    const size_t length = strcspn(word, "=");
    const char *value = word[length] == '=' ? word + length + 1 : NULL;
    const enum option_id id = find(allowed, word, length);

    if (id == OPTION_END) return say_unknown(allowed, word, length, fault);
    const struct option_spec *spec = option_spec(id);
    if (spec->type == OPTION_FLAG && value != NULL)
        return clr_fault_say(fault, CLR_USAGE, "--%s takes no value", "--%s 不带值", spec->name);
    if (spec->type == OPTION_CHOICE_OR_FLAG && value == NULL) {
        out->option[id] = (struct option_value){ .given = true, .text = "", .number = 1 };
        return CLR_OK;
    }
    if (option_takes_value(id) && value == NULL) {
        if (*at >= argc)
            return clr_fault_say(fault, CLR_USAGE, "--%s needs a value: --%s %s",
                                 "--%s 需要一个值：--%s %s", spec->name, spec->name, spec->value);
        value = argv[(*at)++];
    }
    return read_value(spec, value == NULL ? "" : value, &out->option[id], fault);
}

enum clr_status arguments_parse(const unsigned char *allowed, int argc, char **argv, struct arguments *out, struct clr_fault *fault)
{
    bool options_end = false;

    *out = (struct arguments){ .operand = memory_take((size_t)(argc > 0 ? argc : 1), sizeof *out->operand) };
    for (int at = 0; at < argc;) {
        const char *word = argv[at];

        if (options_end || word[0] != '-' || word[1] == '\0') {
            out->operand[out->operand_count++] = word;
            at++;
        } else if (strcmp(word, "--") == 0) {
            options_end = true;
            at++;
        } else if (strcmp(word, "-h") == 0) {
            out->option[OPTION_ID_HELP].given = true;
            at++;
        } else if (word[1] != '-') {
            return clr_fault_say(fault, CLR_USAGE, "unknown option %.32s; options are written --name",
                                 "未知选项 %.32s；选项写作 --name", word);
        } else {
            CLR_TRY(read_option(allowed, argc, argv, &at, out, fault));
        }
    }
    return CLR_OK;
}

void arguments_free(struct arguments *arguments)
{
    free(arguments->operand);
    arguments->operand = NULL;
    arguments->operand_count = 0;
}

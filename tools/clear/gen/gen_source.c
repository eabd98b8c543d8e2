/* gen_source.c: see gen_source.h. */
#include "gen_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gen_put.h"

static enum clr_status no_memory(struct clr_fault *fault)
{
    return clr_fault_say(fault, CLR_FULL, "not enough memory to generate", "内存不足，无法生成");
}

unsigned gen_industry_of(enum clr_service service)
{
    switch (service) {
    case CLR_SERVICE_TAXI: return 2;
    case CLR_SERVICE_METRO: return 3;
    case CLR_SERVICE_TRAM: return 4;
    case CLR_SERVICE_BIKE: return 5;
    case CLR_SERVICE_FERRY: return 6;
    case CLR_SERVICE_RETAIL: return 7;
    case CLR_SERVICE_PARKING: return 8;
    default: return 1;
    }
}

/* How much of a sender's traffic a service is. */
static uint32_t weight_of(enum clr_service service)
{
    static const uint32_t weights[] = { [CLR_SERVICE_BUS] = 60, [CLR_SERVICE_TAXI] = 8, [CLR_SERVICE_METRO] = 45, [CLR_SERVICE_TRAM] = 6,
                                        [CLR_SERVICE_BIKE] = 6, [CLR_SERVICE_FERRY] = 4, [CLR_SERVICE_RETAIL] = 4, [CLR_SERVICE_PARKING] = 3,
                                        [CLR_SERVICE_LOAD] = 1 };

    return (unsigned)service < sizeof weights / sizeof *weights && weights[service] > 0 ? weights[service] : 1;
}

const char *gen_source_name(const struct gen_source *source, unsigned number, char name[2 * GEN_NAME_SIZE])
{
    char *at = gen_put_text(name, source->stem);

    at = gen_put_padded(at, number, source->serial_width);
    *gen_put_text(at, source->tail) = '\0';
    return name;
}

static char *put_date(char *at, clr_day date)
{
    int year, month, day;

    clr_day_to_date(date, &year, &month, &day);
    return gen_put_padded(gen_put_padded(gen_put_padded(at, (uint64_t)year, 4), (uint64_t)month, 2), (uint64_t)day, 2);
}

bool gen_source_stem(const struct gen_rules *rules, int sender, enum clr_format format, clr_day date, struct gen_source *source)
{
    char name[2 * GEN_NAME_SIZE], *at = source->stem;
    const char *glob = rules->sender[sender].match;
    const size_t size = strcspn(glob, " \t;");
    bool filled = false;

    if (size == 0 || size + 16 >= GEN_NAME_SIZE || rules->sender[sender].unfit) return false;
    source->tail[0] = '\0';
    for (size_t i = 0; i < size; i++) {
        if (glob[i] == '*' && !filled) {
            at = put_date(at, date);
            strcpy(at, "-");
            at = source->tail;
            filled = true;
        } else if (glob[i] != '*') {
            *at++ = glob[i] == '?' ? '0' : glob[i];
        }
        if (at != source->tail) *at = '\0';
    }
    source->sender = sender;
    source->serial_width = 3;
    return filled && gen_rules_sender(rules, gen_source_name(source, 1, name), format) == sender;
}

/* ---- xf: a merchant's own files ---- */

static bool xf_source(const struct gen_world *world, const struct gen_operator *operator, struct gen_source *source)
{
    char name[2 * GEN_NAME_SIZE];

    *source = (struct gen_source){ .serial_width = 3, .industry = gen_industry_of((enum clr_service)operator->service) };
    *gen_put_text(gen_put_padded(put_date(gen_put_text(source->stem, "XF"), world->date), source->industry, 2), operator->unit) = '\0';
    source->sender = gen_rules_sender(world->rules, gen_source_name(source, 1, name), world->options->format);
    return source->sender >= 0 && !world->rules->sender[source->sender].unfit;
}

static void take_xf_sources(struct gen_world *world, unsigned wanted)
{
    for (size_t i = 0; i < world->operator_count; i++) {
        struct gen_operator *operator = &world->operator[i];
        operator->source = UINT32_MAX;
        if (world->source_count == wanted || !xf_source(world, operator, &world->source[world->source_count])) continue;
        operator->source = (unsigned)world->source_count++;
    }
}

/* ---- the other formats: a sender's files carry any operator ---- */

static void take_sources(struct gen_world *world, unsigned wanted)
{
    const enum clr_format format = world->options->format;

    for (size_t i = 0; i < world->rules->sender_count && world->source_count < wanted; i++) {
        const int of = world->rules->sender[i].format;
        if (of != (int)format && of != -1) continue;
        if (gen_source_stem(world->rules, (int)i, format, world->date, &world->source[world->source_count])) world->source_count++;
    }
}

static const char *last_part(const char *code)
{
    const char *dash = strrchr(code, '-');

    return dash == NULL ? code : dash + 1;
}

/** A sender named after a region ("collect-YZ", region "JS-YZ") uploads for that region's operators; others share the rest out. */
static void assign_operators(struct gen_world *world)
{
    unsigned turn = 0;

    for (size_t i = 0; i < world->operator_count; i++) {
        struct gen_operator *operator = &world->operator[i];
        const char *region = last_part(world->rules->party[operator->party].region);
        bool named = false;
        operator->source = UINT32_MAX;
        for (size_t s = 0; s < world->rules->sender_count && region[0] != '\0'; s++) {
            const struct gen_sender *sender = &world->rules->sender[s];
            if (sender->format == (int)world->options->format && strcasecmp(last_part(sender->name), region) == 0) named = true;
        }
        for (size_t s = 0; s < world->source_count && named; s++) {
            if (strcasecmp(last_part(world->rules->sender[world->source[s].sender].name), region) == 0) operator->source = (unsigned)s;
        }
        if (!named) operator->source = (unsigned)(turn++ % world->source_count);
    }
}

/** Drop operators that no source uploads for, and sources without operators. */
static void drop_idle(struct gen_world *world)
{
    unsigned place[GEN_FILES_MAX], kept_sources = 0;
    size_t kept = 0;

    for (size_t s = 0; s < world->source_count; s++) {
        bool busy = false;
        for (size_t i = 0; i < world->operator_count; i++) busy |= world->operator[i].source == s;
        place[s] = kept_sources;
        if (busy) world->source[kept_sources++] = world->source[s];
    }
    world->source_count = kept_sources;
    for (size_t i = 0; i < world->operator_count; i++) {
        if (world->operator[i].source == UINT32_MAX) continue;
        world->operator[kept] = world->operator[i];
        world->operator[kept].source = place[world->operator[i].source];
        kept++;
    }
    world->operator_count = kept;
}

static enum clr_status list_operators(struct gen_world *world, struct clr_fault *fault)
{
    for (size_t s = 0; s < world->source_count; s++) {
        struct gen_source *source = &world->source[s];
        uint32_t sum = 0;
        source->operators = malloc(world->operator_count * sizeof *source->operators);
        source->weight = malloc(world->operator_count * sizeof *source->weight);
        if (source->operators == NULL || source->weight == NULL) return no_memory(fault);
        for (uint32_t i = 0; i < world->operator_count; i++) {
            if (world->operator[i].source != s) continue;
            sum += weight_of((enum clr_service)world->operator[i].service);
            source->operators[source->operator_count] = i;
            source->weight[source->operator_count++] = sum;
        }
    }
    return CLR_OK;
}

static enum clr_status find_moves_sender(struct gen_world *world, struct clr_fault *fault)
{
    const struct gen_options *options = world->options;
    struct gen_source probe;

    world->moves_sender = -1;
    if (options->format == CLR_FORMAT_MOVES || (options->rate_ppm[GEN_RATE_LOADS] == 0 && options->rate_ppm[GEN_RATE_REFUNDS] == 0)) return CLR_OK;
    for (size_t i = 0; i < world->rules->sender_count; i++) {
        bool taken = false;
        for (size_t s = 0; s < world->source_count; s++) taken |= world->source[s].sender == (int)i;
        if (taken || (world->rules->sender[i].format != CLR_FORMAT_MOVES && world->rules->sender[i].format != -1)) continue;
        if (!gen_source_stem(world->rules, (int)i, CLR_FORMAT_MOVES, world->date, &probe)) continue;
        world->moves_sender = (int)i;
        return CLR_OK;
    }
    return clr_fault_say(fault, CLR_USAGE, "--loads and --refunds need a sender of format moves in senders.ini",
                         "--loads 和 --refunds 需要 senders.ini 中有 moves 格式的发送方");
}

enum clr_status gen_sources_make(struct gen_world *world, struct clr_fault *fault)
{
    const struct gen_options *options = world->options;
    const unsigned files = options->files;

    world->source = calloc(files, sizeof *world->source);
    if (world->source == NULL) return no_memory(fault);
    if (gen_format_is_xf(options->format)) take_xf_sources(world, files);
    else take_sources(world, files);
    if (world->source_count > 0 && !gen_format_is_xf(options->format)) assign_operators(world);
    if (world->source_count > 0) drop_idle(world);
    if (world->source_count == 0) {
        return clr_fault_say(fault, CLR_USAGE, "senders.ini has no sender for %s whose match leaves room for a date and a serial",
                             "senders.ini 中没有可用的 %s 发送方（match 须容纳日期和序号）",
                             clr_format_term(options->format).name);
    }
    for (size_t s = 0; s < world->source_count; s++) {
        world->source[s].files = files / (unsigned)world->source_count + (s < files % world->source_count ? 1 : 0);
    }
    CLR_TRY(find_moves_sender(world, fault));
    return list_operators(world, fault);
}

/* gen_world.c: putting the world together: issuers, operators, cards, terminals. Senders and their files: gen_source.c. */
#include "gen_world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen_put.h"
#include "gen_source.h"

#define DIGITS_MAX 12                         /* of a card number that vary; more are zeros in front of them */
#define SPREAD UINT64_C(15485863)             /* a prime other than 2, 3, 5, 7: steps through all numbers of a space */
#define HOME_WEIGHT 8                         /* cards of the regions that have operators, to one elsewhere */
#define TRADES_PER_TERMINAL 300
#define TERMINALS_MAX 5000                    /* of one operator */
#define TRADE_SERVICES 8                      /* industries 01 to 08 */
#define BALANCE_MAX_FEN 90000000              /* the eight decimal digits of xf files hold it */

static enum clr_status no_memory(struct clr_fault *fault)
{
    return clr_fault_say(fault, CLR_FULL, "not enough memory to generate", "内存不足，无法生成");
}

/* ---- issuers ---- */

static const struct gen_card_rule *card_rule_of(const struct gen_rules *rules, enum clr_format format, const char *code, clr_day date)
{
    for (size_t i = 0; i < rules->card_count; i++) {
        const struct gen_card_rule *rule = &rules->card[i];
        if (strcmp(rule->issuer, code) != 0 || rule->from > date || rule->to < date) continue;
        if (format == CLR_FORMAT_MOVES || rule->format == -1 || rule->format == (int)format) return rule;
    }
    return NULL;
}

/** The first character after `prefix` in a longer prefix of another row: the smallest, 0 if there is none. */
static char first_extension(const struct gen_rules *rules, enum clr_format format, const char *prefix)
{
    const size_t size = strlen(prefix);
    char first = '\0';

    for (size_t i = 0; i < rules->card_count; i++) {
        const struct gen_card_rule *rule = &rules->card[i];
        if (rule->format != -1 && rule->format != (int)format) continue;
        if (strlen(rule->prefix) <= size || strncmp(rule->prefix, prefix, size) != 0) continue;
        if (first == '\0' || rule->prefix[size] < first) first = rule->prefix[size];
    }
    return first;
}

static uint64_t power_of_ten(unsigned exponent)
{
    uint64_t power = 1;

    while (exponent-- > 0) power *= 10;
    return power;
}

static unsigned default_length(enum clr_format format)
{
    if (gen_format_is_open(format)) return 9;
    return gen_format_is_xf(format) ? 20 : 19;
}

/** Card numbers of an issuer: prefix, digits that follow, and how many different ones there are. False when its cards cannot be told. */
static bool number_space(const struct gen_world *world, const struct gen_card_rule *rule, struct gen_issuer *issuer)
{
    const enum clr_format format = world->options->format;
    const char zero = gen_format_is_open(format) ? 'A' : '0';
    const char *prefix = rule == NULL ? "88880" : rule->prefix;
    const unsigned length = rule != NULL && rule->length != 0 ? rule->length : default_length(format);
    const char extension = first_extension(world->rules, format, prefix);
    unsigned digits;

    if (strlen(prefix) >= sizeof issuer->prefix - 1 || strlen(prefix) >= length) return false;
    strcpy(issuer->prefix, prefix);
    issuer->digits = length - (unsigned)strlen(prefix);
    digits = issuer->digits < DIGITS_MAX ? issuer->digits : DIGITS_MAX;
    issuer->space = power_of_ten(digits);
    if (extension == '\0' || digits < issuer->digits) return extension == '\0' || extension > zero;
    issuer->space = power_of_ten(digits - 1) * (uint64_t)(extension - zero);
    return extension > zero;
}

/** Do records say the card's home city? Then it tells the issuer where no prefix does. */
static bool has_cities(enum clr_format format)
{
    return format == CLR_FORMAT_YZ316 || format == CLR_FORMAT_TRADE_CSV;
}

static enum clr_status find_issuers(struct gen_world *world, struct gen_random *random, struct clr_fault *fault)
{
    const struct gen_rules *rules = world->rules;
    const enum clr_format format = world->options->format;
    bool prefix;

    world->issuer = calloc(rules->party_count, sizeof *world->issuer);
    if (world->issuer == NULL) return no_memory(fault);
    for (size_t i = 0; i < rules->party_count; i++) {
        const struct gen_party *party = &rules->party[i];
        const struct gen_card_rule *rule = card_rule_of(rules, format, party->code, world->date);
        struct gen_issuer *issuer = &world->issuer[world->issuer_count];
        if (party->role != CLR_ROLE_ISSUER || party->from > world->date - 1 || party->to < world->date + 1) continue;
        *issuer = (struct gen_issuer){ .party = (int)i };
        if (has_cities(format) && (!gen_rules_alias(party, format, "city", issuer->city, sizeof issuer->city, &prefix) || prefix)) continue;
        if (!has_cities(format) && format != CLR_FORMAT_MOVES && rule == NULL) continue;
        if (!number_space(world, rule, issuer)) continue;
        issuer->offset = gen_random_below(random, issuer->space);
        world->issuer_count++;
    }
    if (world->issuer_count > 0) return CLR_OK;
    return clr_fault_say(fault, CLR_USAGE, "the rules have no issuer whose cards %s records can name; see participants.csv and cards.csv",
                         "规则中没有 %s 记录可以识别的发卡方；请检查 participants.csv 和 cards.csv", clr_format_term(format).name);
}

/* ---- operators ---- */

static const char *unit_field(enum clr_format format)
{
    if (gen_format_is_open(format)) return "company";
    if (format == CLR_FORMAT_TRADE_CSV) return "city";
    return gen_format_is_xf(format) ? "merchant" : "unit";
}

static size_t unit_width(enum clr_format format)
{
    if (gen_format_is_xf(format)) return 15;
    if (format == CLR_FORMAT_TRADE_CSV) return 4;
    return format == CLR_FORMAT_YZ316 ? 8 : 0;
}

/** The code that records carry for an acquirer: an exact alias, or a prefix filled up. */
static bool unit_of(const struct gen_party *party, enum clr_format format, char unit[GEN_UNIT_SIZE])
{
    const size_t width = unit_width(format);
    bool prefix;
    size_t size;

    if (format == CLR_FORMAT_MOVES) {
        unit[0] = '\0';
        return true;
    }
    if (!gen_rules_alias(party, format, unit_field(format), unit, GEN_UNIT_SIZE, &prefix)) return false;
    size = strlen(unit);
    if (width == 0) {
        if (prefix && size + 8 < GEN_UNIT_SIZE) strcpy(unit + size, "公司");
        return unit[0] != '\0';
    }
    while (prefix && size < width) unit[size++] = '0';
    unit[size] = '\0';
    return size <= width && (size == width || (!gen_format_is_xf(format) && format != CLR_FORMAT_TRADE_CSV));
}

static enum clr_service service_of(const struct gen_party *party, enum clr_format format, const char *unit)
{
    static const enum clr_service known[] = { CLR_SERVICE_METRO, CLR_SERVICE_TAXI, CLR_SERVICE_TRAM, CLR_SERVICE_BIKE, CLR_SERVICE_FERRY,
                                              CLR_SERVICE_RETAIL, CLR_SERVICE_PARKING };

    if (gen_format_is_open(format)) return strstr(unit, "地铁") != NULL ? CLR_SERVICE_METRO : CLR_SERVICE_BUS;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcasestr(party->code, clr_service_term(known[i]).name) != NULL) return known[i];
    }
    return CLR_SERVICE_BUS;
}

static unsigned home_of(const struct gen_world *world, const char *region, size_t ordinal)
{
    for (size_t i = 0; i < world->issuer_count; i++) {
        if (region[0] != '\0' && strcmp(world->rules->party[world->issuer[i].party].region, region) == 0) return (unsigned)i;
    }
    return (unsigned)(ordinal % world->issuer_count);
}

/** In trade-csv the city alone tells the acquirer: all that drives there is one participant's, and each industry is an operator of its own here. */
static void add_services(struct gen_world *world)
{
    const struct gen_operator first = world->operator[world->operator_count - 1];

    for (unsigned service = CLR_SERVICE_BUS; service < CLR_SERVICE_BUS + TRADE_SERVICES; service++) {
        if (service == first.service) continue;
        world->operator[world->operator_count] = first;
        world->operator[world->operator_count++].service = (uint8_t)service;
    }
}

static enum clr_status find_operators(struct gen_world *world, struct clr_fault *fault)
{
    const struct gen_rules *rules = world->rules;
    const enum clr_format format = world->options->format;
    bool prefix;

    world->operator = calloc(rules->party_count * TRADE_SERVICES, sizeof *world->operator);
    if (world->operator == NULL) return no_memory(fault);
    for (size_t i = 0; i < rules->party_count; i++) {
        const struct gen_party *party = &rules->party[i];
        struct gen_operator *operator = &world->operator[world->operator_count];
        if (party->role != CLR_ROLE_ACQUIRER || party->from > world->date - 1 || party->to < world->date + 1) continue;
        *operator = (struct gen_operator){ .party = (int)i };
        if (!unit_of(party, format, operator->unit)) continue;
        operator->service = (uint8_t)service_of(party, format, operator->unit);
        operator->home = home_of(world, party->region, world->operator_count);
        if (format == CLR_FORMAT_YZ316) {
            operator->city_known = gen_rules_alias(party, format, "city", operator->city, sizeof operator->city, &prefix) && !prefix;
            if (!operator->city_known) memcpy(operator->city, world->issuer[operator->home].city, sizeof operator->city);
        }
        world->operator_count++;
        if (format == CLR_FORMAT_TRADE_CSV) add_services(world);
    }
    if (world->operator_count > 0) return CLR_OK;
    return clr_fault_say(fault, CLR_USAGE, "the rules have no acquirer that %s records can name; see the aliases in participants.csv",
                         "规则中没有 %s 记录可以识别的收单方；请检查 participants.csv 的 aliases", clr_format_term(format).name);
}

/* ---- cards and terminals ---- */

static bool is_home(const struct gen_world *world, size_t issuer)
{
    for (size_t i = 0; i < world->operator_count; i++) {
        if (world->operator[i].home == issuer) return true;
    }
    return false;
}

/** Share the cards out over the issuers; the remainder goes to the first with any. */
static enum clr_status deal_cards(struct gen_world *world, struct clr_fault *fault)
{
    uint64_t total = 0, dealt = 0, first = 0;
    size_t heir = SIZE_MAX;
    const bool cross = world->options->rate_ppm[GEN_RATE_CROSS_REGION] > 0;

    for (size_t i = 0; i < world->issuer_count; i++) {
        world->issuer[i].count = is_home(world, i) ? HOME_WEIGHT : cross ? 1 : 0;
        if (world->issuer[i].count > 0 && heir == SIZE_MAX) heir = i;
        total += world->issuer[i].count;
    }
    for (size_t i = 0; i < world->issuer_count; i++) {
        world->issuer[i].count = world->card_count * world->issuer[i].count / total;
        dealt += world->issuer[i].count;
    }
    world->issuer[heir].count += world->card_count - dealt;
    for (size_t i = 0; i < world->issuer_count; i++) {
        struct gen_issuer *issuer = &world->issuer[i];
        issuer->first = first;
        first += issuer->count;
        if (issuer->count > issuer->space)
            return clr_fault_say(fault, CLR_USAGE, "%s has room for fewer cards than --cards asks for; give a shorter prefix or fewer cards",
                                 "%s 的卡号容量小于 --cards 的要求；请使用更短的前缀或更少的卡", world->rules->party[issuer->party].code);
    }
    return CLR_OK;
}

static void start_cards(struct gen_world *world, struct gen_random *random)
{
    const uint64_t taps = world->options->records / world->card_count + 1;
    const uint32_t stop_ppm = world->options->rate_ppm[GEN_RATE_STOP];

    for (uint64_t c = 0; c < world->card_count; c++) {
        struct gen_card *card = &world->card[c];
        uint64_t balance = 2000 + gen_random_below(random, 28000) + taps * (400 + gen_random_below(random, 1200));
        card->balance_fen = (uint32_t)(balance < BALANCE_MAX_FEN ? balance : BALANCE_MAX_FEN);
        card->counter = (uint16_t)gen_random_next(random);
        card->last_s = INT32_MIN / 2;
        card->flags = gen_random_chance(random, 90000) ? GEN_CARD_STUDENT : 0;
    }
    for (size_t i = 0; i < world->issuer_count && stop_ppm > 0; i++) {
        struct gen_issuer *issuer = &world->issuer[i];
        issuer->stopped = issuer->count * stop_ppm / GEN_PPM + 1;
        if (issuer->stopped * 2 > issuer->count) issuer->stopped = issuer->count / 2;
        for (uint64_t c = issuer->first + issuer->count - issuer->stopped; c < issuer->first + issuer->count; c++)
            world->card[c].flags |= GEN_CARD_STOPPED;
    }
}

static enum clr_status start_terminals(struct gen_world *world, struct gen_random *random, struct clr_fault *fault)
{
    uint64_t each = world->options->records / world->operator_count / TRADES_PER_TERMINAL;

    if (each < 2) each = 2;
    if (each > TERMINALS_MAX) each = TERMINALS_MAX;
    for (size_t i = 0; i < world->operator_count; i++) {
        world->operator[i].terminal_first = world->terminal_count;
        world->operator[i].terminal_count = (uint32_t)each;
        world->terminal_count += (uint32_t)each;
    }
    world->serial = malloc((size_t)world->terminal_count * sizeof *world->serial);
    if (world->serial == NULL) return no_memory(fault);
    for (uint32_t t = 0; t < world->terminal_count; t++) world->serial[t] = (uint32_t)gen_random_below(random, 100000000);
    return CLR_OK;
}

/* ---- the stop list that the rules have already ---- */

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/** Cards of ours that the rules' own stop list names are not used, but those that this run stops anyway. */
static enum clr_status avoid_listed(struct gen_world *world, struct clr_fault *fault)
{
    const size_t count = world->rules->stop_count;
    const char **listed;

    if (count == 0) return CLR_OK;
    listed = malloc(count * sizeof *listed);
    if (listed == NULL) return no_memory(fault);
    for (size_t i = 0; i < count; i++) listed[i] = world->rules->stop[i].card;
    qsort(listed, count, sizeof *listed, compare_texts);
    for (uint64_t c = 0; c < world->card_count; c++) {
        char text[GEN_CARD_TEXT_SIZE];
        const char *key = gen_world_card_text(world, c, text);
        if (world->card[c].flags & GEN_CARD_STOPPED) continue;
        if (bsearch(&key, listed, count, sizeof *listed, compare_texts) != NULL) world->card[c].flags |= GEN_CARD_AVOIDED;
    }
    free(listed);
    return CLR_OK;
}

enum clr_status gen_world_write_stops(const struct gen_world *world, const char *directory, struct clr_fault *fault)
{
    char path[4096], day[CLR_DAY_TEXT_SIZE], text[GEN_CARD_TEXT_SIZE];
    const bool fresh = world->rules->stop_count == 0;
    FILE *file;
    bool good;

    if (world->options->rate_ppm[GEN_RATE_STOP] == 0) return CLR_OK;
    if ((size_t)snprintf(path, sizeof path, "%s/status_list.csv", directory) >= sizeof path)
        return clr_fault_say(fault, CLR_USAGE, "path too long", "路径过长");
    file = fopen(path, fresh ? "wb" : "ab");
    if (file != NULL && fresh) fputs("card,status,reason,valid_from,valid_to\n", file);
    clr_day_text(world->date - 10, day);
    for (size_t i = 0; i < world->issuer_count && file != NULL; i++) {
        const struct gen_issuer *issuer = &world->issuer[i];
        for (uint64_t c = issuer->first + issuer->count - issuer->stopped; c < issuer->first + issuer->count; c++)
            fprintf(file, "%s,%s,made up,%s,\n", gen_world_card_text(world, c, text), c % 3 == 0 ? "lost" : "stop", day);
    }
    good = file != NULL && !ferror(file);
    if (file != NULL && fclose(file) != 0) good = false;
    return good ? CLR_OK : clr_fault_say(fault, CLR_FULL, "%s cannot be written: %s", "无法写入 %s：%s", path, strerror(errno));
}

/* ---- numbers ---- */

const struct gen_issuer *gen_world_issuer(const struct gen_world *world, uint64_t card)
{
    size_t low = 0, high = world->issuer_count - 1;

    while (low < high) {
        const size_t middle = (low + high + 1) / 2;
        if (world->issuer[middle].first <= card) low = middle;
        else high = middle - 1;
    }
    /* Issuers without cards share their `first` with the next one; the last of equals is the owner only if it has cards. */
    while (world->issuer[low].count == 0) low--;
    return &world->issuer[low];
}

const char *gen_world_card_text(const struct gen_world *world, uint64_t card, char text[GEN_CARD_TEXT_SIZE])
{
    const struct gen_issuer *issuer = gen_world_issuer(world, card);
    const uint64_t number = (issuer->offset + (card - issuer->first) * SPREAD) % issuer->space;
    char *at = gen_put_text(text, issuer->prefix);

    *gen_put_padded(at, number, issuer->digits) = '\0';
    if (!gen_format_is_open(world->options->format)) return text;
    for (; *at != '\0'; at++) *at = (char)('A' + (*at - '0'));
    /* The publisher drops a leading zero, the letter A. */
    if (text[0] == 'A') memmove(text, text + 1, strlen(text));
    return text;
}

const char *gen_world_unknown_card(const struct gen_world *world, uint64_t ordinal, char text[GEN_CARD_TEXT_SIZE])
{
    const unsigned length = default_length(world->options->format);

    *gen_put_padded(gen_put_text(text, "9999"), ordinal, length - 4) = '\0';
    return text;
}

const char *gen_world_unknown_unit(const struct gen_world *world, char text[GEN_UNIT_SIZE])
{
    const enum clr_format format = world->options->format;

    if (gen_format_is_open(format)) strcpy(text, "无名客运公司");
    else if (format == CLR_FORMAT_MOVES) strcpy(text, "NOBODY-9");
    else memset(text, '9', unit_width(format)), text[unit_width(format)] = '\0';
    return text;
}

/** Codes and cards that are meant to be unknown must be. */
static enum clr_status check_unknown(const struct gen_world *world, struct clr_fault *fault)
{
    const enum clr_format format = world->options->format;
    char unit[GEN_UNIT_SIZE], card[GEN_CARD_TEXT_SIZE];
    bool known = false;

    if (world->options->rate_ppm[GEN_RATE_UNKNOWN] == 0) return CLR_OK;
    gen_world_unknown_unit(world, unit);
    for (size_t i = 0; i < world->rules->party_count && format != CLR_FORMAT_MOVES; i++) {
        known |= gen_rules_answers(&world->rules->party[i], format, unit_field(format), unit);
        known |= format == CLR_FORMAT_YZ316 && gen_rules_answers(&world->rules->party[i], format, "city", "9999");
    }
    if (format == CLR_FORMAT_MOVES) known = gen_rules_party(world->rules, unit, world->date) != GEN_NOBODY;
    else if (!gen_format_is_open(format)) known |=
        gen_rules_card_issuer(world->rules, format, gen_world_unknown_card(world, 1, card), world->date) != GEN_NOBODY;
    if (!known) return CLR_OK;
    return clr_fault_say(fault, CLR_USAGE, "--unknown: these rules know every unit or card (an alias or prefix that fits all)",
                         "--unknown：规则认得所有单元或卡（存在通配的别名或前缀）");
}

/** What the drawn numbers must mean to the rules: a spot check, because a folder may hide a longer prefix. */
static enum clr_status check_numbers(const struct gen_world *world, struct clr_fault *fault)
{
    const enum clr_format format = world->options->format;
    char text[GEN_CARD_TEXT_SIZE];

    if (format == CLR_FORMAT_MOVES) return CLR_OK;
    for (uint64_t i = 0; i < 1000; i++) {
        const uint64_t card = world->card_count * i / 1000;
        const int wanted = gen_world_issuer(world, card)->party;
        const int found = gen_rules_card_issuer(world->rules, format, gen_world_card_text(world, card, text), world->date);
        if (found == wanted || (found == GEN_NOBODY && has_cities(format))) continue;
        return clr_fault_say(fault, CLR_USAGE, "cards.csv gives cards of %s to another issuer; its prefixes are too entangled to draw from",
                             "cards.csv 把 %s 的卡归给了其他发卡方；前缀过于交错，无法生成", world->rules->party[wanted].code);
    }
    return CLR_OK;
}

enum clr_status gen_world_make(const struct gen_options *options, const struct gen_rules *rules, struct gen_random *random,
                               struct gen_world *out, struct clr_fault *fault)
{
    out->options = options;
    out->rules = rules;
    out->card_count = options->cards;
    CLR_TRY(find_issuers(out, random, fault));
    CLR_TRY(find_operators(out, fault));
    CLR_TRY(gen_sources_make(out, fault));
    CLR_TRY(deal_cards(out, fault));
    out->card = malloc((size_t)out->card_count * sizeof *out->card);
    if (out->card == NULL) return no_memory(fault);
    start_cards(out, random);
    CLR_TRY(start_terminals(out, random, fault));
    CLR_TRY(check_numbers(out, fault));
    CLR_TRY(check_unknown(out, fault));
    return avoid_listed(out, fault);
}

void gen_world_free(struct gen_world *world)
{
    for (size_t i = 0; i < world->source_count; i++) {
        free(world->source[i].operators);
        free(world->source[i].weight);
    }
    free(world->issuer);
    free(world->operator);
    free(world->source);
    free(world->card);
    free(world->serial);
    *world = (struct gen_world){ 0 };
}

/*
 * prop_rules.c: on random folders every look-up answers what a plain search over all rows answers; the order of the rows changes no
 * answer; a row that repeats another is refused; and damaged files are refused or read, never a crash. 200 seeds, the failing one printed.
 */
#include "rules_fixture.h"

#define SEEDS 200u
#define QUERIES 400u
#define CODES 14u
#define ROWS_MAX 64u                          /* and one for a clash */
#define DAYS 100                              /* after 2026-01-01 */
#define ANY (-1)

struct span { clr_day from, to; };

struct party { unsigned code; enum clr_role role; int product, via; struct span valid; };
struct alias { unsigned party; enum clr_format format; const char *field; bool prefix; char value[8]; };
struct card { int product, format, length; char prefix[8]; unsigned issuer; struct span valid; };
struct fee { int product, service, kind, issuer, acquirer; unsigned rate_ppm; struct span valid; };

/* One random folder, as the test knows it. Codes are p0 … p13: the first five issuers, the rest acquirers, owners and agencies. */
struct world {
    uint64_t seed;
    clr_day first_day;
    struct party party[ROWS_MAX + 1]; unsigned parties;
    struct alias alias[ROWS_MAX + 1]; unsigned aliases;
    struct card card[ROWS_MAX + 1];   unsigned cards;
    struct fee fee[ROWS_MAX + 1];     unsigned fees;
    bool whole[CODES];                        /* valid on every day */
};

static struct world world;

static unsigned below(unsigned limit) { return (unsigned)(scratch_random(&world.seed) % limit); }
static bool chance(unsigned percent) { return below(100) < percent; }
static clr_day some_day(void) { return world.first_day + (clr_day)below(DAYS); }
static bool on(struct span span, clr_day day) { return span.from <= day && day <= span.to; }
static bool overlap(struct span a, struct span b) { return a.from <= b.to && b.from <= a.to; }
static enum clr_role role_of(unsigned code) { return code < 5 ? CLR_ROLE_ISSUER : code % 3 == 0 ? CLR_ROLE_OWNER : code % 3 == 1 ? CLR_ROLE_AGENCY : CLR_ROLE_ACQUIRER; }

static struct span some_span(void)
{
    const clr_day a = some_day(), b = some_day();

    return (struct span){ chance(30) ? CLR_DAY_NONE : a < b ? a : b, chance(30) ? INT32_MAX : a < b ? b : a };
}

static void digits(char *text, unsigned size)
{
    for (unsigned i = 0; i < size; i++) text[i] = (char)('0' + below(3));
    text[size] = '\0';
}

/* ---- drawing ---- */

static void add_party(unsigned code, clr_day from, clr_day to)
{
    struct party *party = &world.party[world.parties++];

    *party = (struct party){ .code = code, .role = role_of(code), .product = chance(25) ? ANY : (int)below(2), .via = ANY, .valid = { from, to } };
}

/* One to three rows a code, with or without days between them. */
static void draw_parties(void)
{
    for (unsigned code = 0; code < CODES; code++) {
        const clr_day middle = some_day();
        const bool hole = chance(30);

        world.whole[code] = !hole;
        if (chance(40)) {
            add_party(code, hole ? middle : CLR_DAY_NONE, INT32_MAX);
            continue;
        }
        add_party(code, CLR_DAY_NONE, middle);
        add_party(code, middle + (hole ? 10 : 1), middle + 30);
        add_party(code, middle + 31, INT32_MAX);
    }
    /* Always to a higher code, so that there is no cycle. */
    for (unsigned i = 0; i < world.parties; i++) {
        const unsigned via = below(CODES);
        if (via > world.party[i].code && world.whole[via]) world.party[i].via = (int)via;
    }
}

static bool same_group(enum clr_role a, enum clr_role b) { return (a == CLR_ROLE_ISSUER) == (b == CLR_ROLE_ISSUER); }

static bool alias_clashes(const struct alias *a, const struct alias *b)
{
    const struct party *x = &world.party[a->party], *y = &world.party[b->party];

    return a->format == b->format && strcmp(a->field, b->field) == 0 && a->prefix == b->prefix && strcmp(a->value, b->value) == 0
        && same_group(x->role, y->role) && (x->product == ANY || y->product == ANY || x->product == y->product) && overlap(x->valid, y->valid);
}

static void draw_aliases(void)
{
    for (unsigned tries = 0; tries < ROWS_MAX; tries++) {
        struct alias alias = { .party = below(world.parties), .format = chance(50) ? CLR_FORMAT_YZ316 : CLR_FORMAT_XF158, .field = chance(50) ? "city" : "company", .prefix = chance(50) };
        bool clash = false;

        digits(alias.value, alias.prefix ? below(4) : 1 + below(3));
        for (unsigned i = 0; i < world.aliases; i++) clash = clash || alias_clashes(&alias, &world.alias[i]);
        if (!clash) world.alias[world.aliases++] = alias;
    }
}

static bool card_clashes(const struct card *a, const struct card *b)
{
    return a->product == b->product && a->format == b->format && a->length == b->length && strcmp(a->prefix, b->prefix) == 0 && overlap(a->valid, b->valid);
}

static void draw_cards(void)
{
    for (unsigned tries = 0; tries < ROWS_MAX; tries++) {
        struct card card = { .product = chance(30) ? ANY : (int)below(2), .format = chance(30) ? ANY : (int)below(3), .issuer = below(5), .valid = some_span() };
        const unsigned size = below(4);
        bool clash = false;

        digits(card.prefix, size);
        card.length = chance(60) ? ANY : (int)(size + below(3) + (size == 0));
        for (unsigned i = 0; i < world.cards; i++) clash = clash || card_clashes(&card, &world.card[i]);
        if (!clash) world.card[world.cards++] = card;
    }
}

static bool fee_clashes(const struct fee *a, const struct fee *b)
{
    return a->product == b->product && a->service == b->service && a->kind == b->kind && a->issuer == b->issuer && a->acquirer == b->acquirer && overlap(a->valid, b->valid);
}

static void draw_fees(void)
{
    static const int kinds[] = { ANY, CLR_KIND_PURCHASE, CLR_KIND_LOAD, CLR_KIND_REFUND };

    for (unsigned tries = 0; tries < ROWS_MAX; tries++) {
        struct fee fee = { .product = (int)below(2), .service = chance(40) ? ANY : (int)below(3), .kind = kinds[below(4)], .issuer = chance(50) ? ANY : (int)below(5),
                           .acquirer = chance(50) ? ANY : 5 + (int)below(CODES - 5), .rate_ppm = tries, .valid = some_span() };
        bool clash = false;

        for (unsigned i = 0; i < world.fees; i++) clash = clash || fee_clashes(&fee, &world.fee[i]);
        if (!clash) world.fee[world.fees++] = fee;
    }
}

/* ---- as files ---- */

struct text { char data[32768]; size_t used; };
static struct text participants, cards, fees;

static void say(struct text *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    text->used += (size_t)vsnprintf(text->data + text->used, sizeof text->data - text->used, format, arguments);
    va_end(arguments);
    assert_true(text->used < sizeof text->data);
}

static void say_span(struct text *text, struct span span)
{
    char from[CLR_DAY_TEXT_SIZE], to[CLR_DAY_TEXT_SIZE];

    say(text, "%s,%s\n", span.from == CLR_DAY_NONE ? "" : clr_day_text(span.from, from), span.to == INT32_MAX ? "" : clr_day_text(span.to, to));
}

static const char *word(struct clr_term (*term)(unsigned), int number) { return number == ANY ? "*" : term((unsigned)number).name; }

static const char *code_text(int code, char text[8])
{
    snprintf(text, 8, code == ANY ? "*" : "p%d", code);
    return text;
}

static void write_parties(void)
{
    participants.used = 0;
    say(&participants, "code,role,product,settles_via,aliases,valid_from,valid_to\n");
    for (unsigned i = 0; i < world.parties; i++) {
        const struct party *party = &world.party[i];
        char via[8];

        say(&participants, "p%u,%s,%s,%s,", party->code, clr_role_term(party->role).name, word(clr_product_term, party->product), party->via == ANY ? "" : code_text(party->via, via));
        for (unsigned n = 0; n < world.aliases; n++) {
            const struct alias *alias = &world.alias[n];
            if (alias->party == i) say(&participants, "%s.%s:%s%s;", clr_format_term(alias->format).name, alias->field, alias->value, alias->prefix ? "*" : "");
        }
        say(&participants, ",");
        say_span(&participants, party->valid);
    }
}

static void write_cards(void)
{
    cards.used = 0;
    say(&cards, "product,format,prefix,length,issuer,valid_from,valid_to\n");
    for (unsigned i = 0; i < world.cards; i++) {
        const struct card *card = &world.card[i];
        char length[12] = "";

        if (card->length != ANY) snprintf(length, sizeof length, "%d", card->length);
        say(&cards, "%s,%s,%s,%s,p%u,", word(clr_product_term, card->product), word(clr_format_term, card->format), card->prefix, length, card->issuer);
        say_span(&cards, card->valid);
    }
}

static void write_fees(void)
{
    fees.used = 0;
    say(&fees, "product,service,kind,issuer,acquirer,payer,rate_ppm,valid_from,valid_to\n");
    for (unsigned i = 0; i < world.fees; i++) {
        const struct fee *fee = &world.fee[i];
        char issuer[8], acquirer[8];

        say(&fees, "%s,%s,%s,%s,%s,acquirer,%u,", word(clr_product_term, fee->product), word(clr_service_term, fee->service), word(clr_kind_term, fee->kind),
            code_text(fee->issuer, issuer), code_text(fee->acquirer, acquirer), fee->rate_ppm);
        say_span(&fees, fee->valid);
    }
}

/* From memory: what the store does when it opens a version. */
static enum clr_status parse(struct clr_rules **out, struct clr_fault *fault)
{
    static char senders[] = "[s]\n", windows[] = "[transit]\n";

    write_parties();
    write_cards();
    write_fees();
    struct clr_rules_file file[] = {
        { "cards.csv", (uint8_t *)cards.data, cards.used }, { "fees.csv", (uint8_t *)fees.data, fees.used }, { "participants.csv", (uint8_t *)participants.data, participants.used },
        { "senders.ini", (uint8_t *)senders, sizeof senders - 1 }, { "windows.ini", (uint8_t *)windows, sizeof windows - 1 },
    };
    const struct clr_rules_folder folder = { .file = file, .count = COUNT_OF(file) };
    return clr_rules_parse(&folder, out, fault);
}

/* ---- the plain search ---- */

static int row_on(int code, clr_day day)
{
    for (unsigned i = 0; i < world.parties; i++) {
        if ((int)world.party[i].code == code && on(world.party[i].valid, day)) return (int)i;
    }
    return -1;
}

static int plain_alias(enum clr_role role, int product, enum clr_format format, const char *field, const char *value, clr_day day)
{
    int best = -1, best_size = -1;

    for (unsigned i = 0; i < world.aliases; i++) {
        const struct alias *alias = &world.alias[i];
        const struct party *party = &world.party[alias->party];
        const int size = alias->prefix ? (int)strlen(alias->value) : 1000;
        const bool fits = alias->prefix ? strncmp(alias->value, value, strlen(alias->value)) == 0 : strcmp(alias->value, value) == 0;

        if (!fits || alias->format != format || strcmp(alias->field, field) != 0 || !same_group(role, party->role)) continue;
        if ((party->product != ANY && party->product != product) || !on(party->valid, day) || size <= best_size) continue;
        best = (int)alias->party;
        best_size = size;
    }
    return best;
}

static int plain_card(int product, int format, const char *number, clr_day day)
{
    int best = -1, best_rank = -1;

    for (unsigned i = 0; i < world.cards; i++) {
        const struct card *card = &world.card[i];
        const int size = (int)strlen(card->prefix), rank = size * 8 + (card->length != ANY) * 4 + (card->format != ANY) * 2 + (card->product != ANY);

        if ((card->product != ANY && card->product != product) || (card->format != ANY && card->format != format) || !on(card->valid, day)) continue;
        if (strncmp(card->prefix, number, (size_t)size) != 0 || (card->length != ANY && card->length != (int)strlen(number)) || rank <= best_rank) continue;
        best = (int)card->issuer;
        best_rank = rank;
    }
    return best < 0 ? -1 : row_on(best, day);
}

static int plain_fee(int product, int service, int kind, int issuer, int acquirer, clr_day day)
{
    int best = -1, best_rank = -1;

    for (unsigned i = 0; i < world.fees; i++) {
        const struct fee *fee = &world.fee[i];
        const int rank = (fee->acquirer != ANY) * 8 + (fee->issuer != ANY) * 4 + (fee->service != ANY) * 2 + (fee->kind != ANY);

        if (fee->product != product || (fee->service != ANY && fee->service != service) || (fee->kind != ANY && fee->kind != kind)) continue;
        if ((fee->issuer != ANY && fee->issuer != issuer) || (fee->acquirer != ANY && fee->acquirer != acquirer) || !on(fee->valid, day) || rank <= best_rank) continue;
        best = (int)i;
        best_rank = rank;
    }
    return best;
}

static int plain_member(int row, clr_day day)
{
    while (world.party[row].via != ANY) row = row_on(world.party[row].via, day);
    return row;
}

/* ---- the laws ---- */

static void make_world(uint64_t seed)
{
    memset(&world, 0, sizeof world);
    world.seed = seed;
    world.first_day = rules_day("2026-01-01");
    draw_parties();
    draw_aliases();
    draw_cards();
    draw_fees();
}

static void compare(uint64_t seed, const char *what, int found, int want)
{
    if (found != want) fail_msg("seed %llu: %s: found row %d, want %d", (unsigned long long)seed, what, found, want);
}

static void compare_all(uint64_t seed, const struct clr_rules *rules)
{
    for (unsigned i = 0; i < QUERIES; i++) {
        const clr_day day = some_day();
        const int product = (int)below(2), format = (int)below(4), issuer = row_on((int)below(5), day), acquirer = row_on(5 + (int)below(CODES - 5), day);
        const int service = (int)below(4), kind = chance(50) ? CLR_KIND_PURCHASE : CLR_KIND_LOAD;
        const enum clr_role role = role_of(below(CODES));
        const char *field = chance(50) ? "city" : "company";
        char number[8];

        digits(number, 1 + below(5));
        compare(seed, "alias", clr_rules_alias(rules, role, (enum clr_product)product, (enum clr_format)format, field, clr_bytes_text(number), day),
                plain_alias(role, product, (enum clr_format)format, field, number, day));
        compare(seed, "card", clr_rules_card_issuer(rules, (enum clr_product)product, (enum clr_format)format, clr_bytes_text(number), day), plain_card(product, format, number, day));
        if (issuer < 0 || acquirer < 0) continue;
        const uint16_t fee = clr_rules_fee(rules, (enum clr_product)product, (enum clr_service)service, (enum clr_kind)kind, issuer, acquirer, day);
        compare(seed, "fee", fee == CLR_FEE_NONE ? -1 : fee, plain_fee(product, service, kind, (int)world.party[issuer].code, (int)world.party[acquirer].code, day));
        compare(seed, "member", clr_rules_member(rules, acquirer, day), plain_member(acquirer, day));
        compare(seed, "code", clr_rules_participant(rules, clr_bytes_text(rules->participant[issuer].code), day), issuer);
    }
}

static struct clr_rules *must_parse(uint64_t seed)
{
    struct clr_rules *rules = NULL;
    struct clr_fault fault = { 0 };

    if (parse(&rules, &fault) != CLR_OK) fail_msg("seed %llu: %s:%lu %s: %s", (unsigned long long)seed, fault.path, (unsigned long)fault.line, fault.field, fault.en);
    return rules;
}

static void look_ups_equal_a_plain_search(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        make_world(seed);
        struct clr_rules *rules = must_parse(seed);
        compare_all(seed, rules);
        clr_rules_destroy(rules);
    }
}

static void turn_rows_round(void)
{
    for (unsigned i = 0; i < world.cards / 2; i++) {
        const struct card other = world.card[i];
        world.card[i] = world.card[world.cards - 1 - i];
        world.card[world.cards - 1 - i] = other;
    }
    for (unsigned i = 0; i < world.fees / 2; i++) {
        const struct fee other = world.fee[i];
        world.fee[i] = world.fee[world.fees - 1 - i];
        world.fee[world.fees - 1 - i] = other;
    }
}

static int64_t rate_of(const struct clr_rules *rules, uint16_t fee) { return fee == CLR_FEE_NONE ? -1 : rules->fee[fee].rate_ppm; }

/* Cards and fees turned round: the same issuers and the same rates come out. */
static void order_of_rows_does_not_matter(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        make_world(seed);
        struct clr_rules *forth = must_parse(seed);
        turn_rows_round();
        struct clr_rules *back = must_parse(seed);

        for (unsigned i = 0; i < QUERIES; i++) {
            const clr_day day = some_day();
            const enum clr_product product = (enum clr_product)below(2);
            const enum clr_format format = (enum clr_format)below(4);
            const enum clr_service service = (enum clr_service)below(4);
            const int issuer = row_on((int)below(5), day), acquirer = row_on(5 + (int)below(CODES - 5), day);
            char number[8];

            digits(number, 1 + below(5));
            compare(seed, "card", clr_rules_card_issuer(back, product, format, clr_bytes_text(number), day), clr_rules_card_issuer(forth, product, format, clr_bytes_text(number), day));
            compare(seed, "rate", (int)rate_of(back, clr_rules_fee(back, product, service, CLR_KIND_PURCHASE, issuer, acquirer, day)),
                    (int)rate_of(forth, clr_rules_fee(forth, product, service, CLR_KIND_PURCHASE, issuer, acquirer, day)));
        }
        clr_rules_destroy(forth);
        clr_rules_destroy(back);
    }
}

/* One row more that holds on a day on which an equal one does: refused, and the later line is named. */
static void a_clash_is_refused(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct clr_rules *rules = NULL;
        struct clr_fault fault = { 0 };
        const char *file;
        uint64_t line;

        make_world(seed);
        if (chance(50)) {
            world.card[world.cards] = world.card[below(world.cards - 1)];
            world.card[world.cards].valid.to = INT32_MAX;
            file = "cards.csv";
            line = ++world.cards + 1;
        } else {
            world.fee[world.fees] = world.fee[below(world.fees - 1)];
            world.fee[world.fees].valid.from = CLR_DAY_NONE;
            file = "fees.csv";
            line = ++world.fees + 1;
        }
        if (parse(&rules, &fault) != CLR_USAGE || strcmp(fault.path, file) != 0 || fault.line != line)
            fail_msg("seed %llu: not refused at %s:%llu but %s:%llu %s", (unsigned long long)seed, file, (unsigned long long)line, fault.path, (unsigned long long)fault.line, fault.en);
    }
}

/* Whatever the bytes, parsing answers: good rules, or usage with a file. Under the sanitizer this is a small fuzzer. */
static void any_bytes_get_an_answer(void **state)
{
    static const char senders[] = "[bus]\nmatch = a*.txt b?\n    c*\nformat = yz316\ncount = warn\ncode.gray = 04\n; end\n[x]\n";
    static const char windows[] = "[transit]\ncut_off = 24:00\nlate_days = 60\n[transit.gray]\ndeadline_days = 5\nat_deadline = reject\n";
    static const char calendar[] = "date,kind\n2026-01-01,closed\n2026-01-04,bank\n";
    static const char bytes[] = "\n\r,;\"*. =[]-0129\t\xEF\xE5\x9C\x80#:p";

    (void)state;
    for (uint64_t seed = 1; seed <= 10 * SEEDS; seed++) {
        make_world(seed / 10 + 1);
        world.seed = seed * 7919;
        write_parties();
        write_cards();
        write_fees();
        const struct { const char *name; const char *data; size_t size; } from[] = {
            { "calendar.csv", calendar, sizeof calendar - 1 }, { "cards.csv", cards.data, cards.used }, { "fees.csv", fees.data, fees.used },
            { "participants.csv", participants.data, participants.used }, { "senders.ini", senders, sizeof senders - 1 }, { "windows.ini", windows, sizeof windows - 1 },
        };
        struct clr_rules_file file[COUNT_OF(from)];
        const struct clr_rules_folder folder = { .file = file, .count = COUNT_OF(file) };
        struct clr_rules *rules = NULL;
        struct clr_fault fault = { 0 };

        for (size_t i = 0; i < COUNT_OF(from); i++) {
            snprintf(file[i].name, sizeof file[i].name, "%s", from[i].name);
            file[i].size = chance(5) ? below((unsigned)from[i].size) : from[i].size;
            file[i].data = malloc(file[i].size);          /* to the byte, so that the sanitizer sees a read past the end */
            assert_true(file[i].data != NULL || file[i].size == 0);
            memcpy(file[i].data, from[i].data, file[i].size);
            for (unsigned n = chance(40) ? 1 + below(3) : 0; n > 0 && file[i].size > 0; n--) file[i].data[below((unsigned)file[i].size)] = (uint8_t)bytes[below(sizeof bytes)];
        }
        const enum clr_status status = clr_rules_parse(&folder, &rules, &fault);
        if (status == CLR_OK) clr_rules_destroy(rules);
        else if (status != CLR_USAGE || fault.path[0] == '\0' || fault.en[0] == '\0' || fault.zh[0] == '\0')
            fail_msg("seed %llu: status %d, %s:%llu %s", (unsigned long long)seed, status, fault.path, (unsigned long long)fault.line, fault.en);
        for (size_t i = 0; i < COUNT_OF(from); i++) free(file[i].data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(look_ups_equal_a_plain_search),
        cmocka_unit_test(order_of_rows_does_not_matter),
        cmocka_unit_test(a_clash_is_refused),
        cmocka_unit_test(any_bytes_get_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

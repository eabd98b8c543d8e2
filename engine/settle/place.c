/*
 * place.c: see place.h. Parties are few and cells many, so a party is resolved once a window and then found by hash.
 */
#include "settle/place.h"

#include <stdlib.h>
#include <string.h>

#define NAMED_BY_CURRENT UINT64_MAX
#define NAMED_BY_TEXT (UINT64_MAX - 1)       /* a region that has no row of its own */

struct party_row {
    clr_party party;
    int row;
};

struct clr_places_version {
    uint32_t number;
    const struct clr_rules *rules;
    struct party_row *row;                   /* sorted by party; participant_count of them */
};

void clr_places_init(struct clr_places *places, clr_rules_lookup *lookup, void *context, const struct clr_rules *current,
                     enum clr_level level)
{
    *places = (struct clr_places){ .level = level, .current = current, .lookup = lookup, .context = context };
}

void clr_places_free(struct clr_places *places)
{
    for (size_t i = 0; i < places->version_count; i++) free(places->version[i].row);
    free(places->version);
    free(places->visit);
    free(places->slot);
    free(places->place);
    *places = (struct clr_places){ 0 };
}

/* ---- rules versions ---- */

static int compare_parties(const void *left, const void *right)
{
    const struct party_row *a = left, *b = right;

    if (a->party != b->party) return a->party < b->party ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

static enum clr_status take_version(struct clr_places *places, uint32_t number)
{
    const struct clr_rules *rules = number == CLR_PLACES_CURRENT ? places->current : places->lookup(places->context, number);
    struct clr_places_version *version;
    struct party_row *row;

    if (rules == NULL) return CLR_DAMAGED;
    version = realloc(places->version, (places->version_count + 1) * sizeof *version);
    if (version == NULL) return CLR_FULL;
    places->version = version;           /* also when the next line fails: the old block is gone */
    row = malloc((rules->participant_count + 1) * sizeof *row);
    if (row == NULL) return CLR_FULL;
    for (size_t i = 0; i < rules->participant_count; i++) row[i] = (struct party_row){ rules->participant[i].party, (int)i };
    qsort(row, rules->participant_count, sizeof *row, compare_parties);
    version[places->version_count++] = (struct clr_places_version){ number, rules, row };
    return CLR_OK;
}

static struct clr_places_version *version_of(struct clr_places *places, uint32_t number, enum clr_status *status)
{
    *status = CLR_OK;
    if (places->version_last < places->version_count && places->version[places->version_last].number == number) {
        return &places->version[places->version_last];
    }
    for (size_t i = 0; i < places->version_count; i++) {
        if (places->version[i].number != number) continue;
        places->version_last = i;
        return &places->version[i];
    }
    *status = take_version(places, number);
    return *status == CLR_OK ? &places->version[places->version_last = places->version_count - 1] : NULL;
}

const struct clr_rules *clr_places_rules(struct clr_places *places, uint32_t version, enum clr_status *status)
{
    const struct clr_places_version *found = version_of(places, version, status);

    return found == NULL ? NULL : found->rules;
}

/** Some row of the party; its code is what counts. -1 if the version does not know it. */
static int row_of_party(const struct clr_places_version *version, clr_party party)
{
    size_t low = 0, high = version->rules->participant_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (version->row[middle].party < party) low = middle + 1;
        else high = middle;
    }
    return low < version->rules->participant_count && version->row[low].party == party ? version->row[low].row : -1;
}

/* ---- names ---- */

int clr_places_row(const struct clr_rules *rules, const char *code, clr_day day)
{
    int row;

    if (rules == NULL) return -1;
    row = clr_rules_participant(rules, clr_bytes_text(code), day);
    return row >= 0 ? row : clr_rules_participant(rules, clr_bytes_text(code), CLR_DAY_NONE);
}

static struct clr_name name_of(const struct clr_participant *participant)
{
    return (struct clr_name){ participant->code, participant->name_zh, participant->name_en, (int)participant->role };
}

/** The row's region: a row of the current rules, else its bare text, else (no region given) the participant itself. */
static struct clr_name region_of(const struct clr_rules *current, const struct clr_participant *participant, clr_day window,
                                 uint64_t *named_by)
{
    const char *region = participant->region;
    int row;

    if (region == NULL || region[0] == '\0') return name_of(participant);
    row = clr_places_row(current, region, window);
    *named_by = row >= 0 ? NAMED_BY_CURRENT : NAMED_BY_TEXT;
    if (row >= 0) return name_of(&current->participant[row]);
    return (struct clr_name){ region, region, region, CLR_ROLE_REGION };
}

static struct clr_name member_of(const struct clr_rules *current, int row, clr_day window)
{
    const int member = clr_rules_member(current, row, window);

    return name_of(&current->participant[clr_places_row(current, current->participant[member].code, window)]);
}

/** Name at the level of a participant that the current rules have in `row`, or (row < 0) of one they no longer have. */
static struct clr_name level_name(const struct clr_places *places, const struct clr_participant *old, int row, clr_day window,
                                  uint64_t *named_by)
{
    const struct clr_participant *shown = row >= 0 ? &places->current->participant[row] : old;

    switch (places->level) {
    case CLR_LEVEL_PARTICIPANT: return name_of(shown);
    case CLR_LEVEL_MEMBER: return row >= 0 ? member_of(places->current, row, window) : name_of(shown);
    case CLR_LEVEL_REGION: return region_of(places->current, shown, window, named_by);
    }
    return name_of(shown);
}

struct clr_name clr_places_current_name(const struct clr_places *places, int participant, clr_day window)
{
    uint64_t named_by = NAMED_BY_CURRENT;

    return level_name(places, NULL, participant, window, &named_by);
}

/* ---- visits ---- */

static uint64_t visit_hash(uint32_t version, clr_party party, clr_day window)
{
    uint64_t hash = ((uint64_t)party << 32 | (uint32_t)window) * UINT64_C(0x9e3779b97f4a7c15);

    hash = (hash ^ hash >> 32 ^ version) * UINT64_C(0xd6e8feb86659fd93);
    return hash ^ hash >> 32;
}

static uint32_t *slot_of(const struct clr_places *places, uint32_t version, clr_party party, clr_day window)
{
    size_t at = (size_t)visit_hash(version, party, window) & (places->slot_count - 1);

    while (places->slot[at] != 0) {
        const struct clr_visit *visit = &places->visit[places->slot[at] - 1];
        if (visit->party == party && visit->window == window && visit->version == version) break;
        at = (at + 1) & (places->slot_count - 1);
    }
    return &places->slot[at];
}

/** Room for one more visit and at most half the slots taken. */
static enum clr_status reserve(struct clr_places *places)
{
    const size_t capacity = places->visit_capacity == 0 ? 64 : places->visit_capacity * 2;
    struct clr_visit *visit;
    uint32_t *slot;

    if (places->visit_count < places->visit_capacity) return CLR_OK;
    if (capacity > UINT32_MAX / 2) return CLR_FULL;
    visit = realloc(places->visit, capacity * sizeof *visit);
    if (visit == NULL) return CLR_FULL;
    places->visit = visit;
    slot = calloc(capacity * 2, sizeof *slot);
    if (slot == NULL) return CLR_FULL;
    free(places->slot);
    places->slot = slot;
    places->slot_count = capacity * 2;
    places->visit_capacity = capacity;
    for (size_t i = 0; i < places->visit_count; i++) {
        *slot_of(places, visit[i].version, visit[i].party, visit[i].window) = (uint32_t)i + 1;
    }
    return CLR_OK;
}

static enum clr_status resolve(struct clr_places *places, struct clr_visit *visit)
{
    enum clr_status status;
    const struct clr_places_version *version = version_of(places, visit->version, &status);
    const struct clr_participant *old;
    int row;

    if (version == NULL) return status;
    row = row_of_party(version, visit->party);
    if (row < 0) return CLR_DAMAGED;
    old = &version->rules->participant[clr_places_row(version->rules, version->rules->participant[row].code, visit->window)];
    row = clr_places_row(places->current, old->code, visit->window);
    visit->named_by = row >= 0 ? NAMED_BY_CURRENT : visit->version;
    visit->name = level_name(places, old, row, visit->window, &visit->named_by);
    return CLR_OK;
}

enum clr_status clr_places_find(struct clr_places *places, uint32_t version, clr_party party, clr_day window, uint32_t *visit)
{
    struct clr_visit made = { .version = version, .party = party, .window = window };
    uint32_t *slot;

    if (places->slot_count > 0) {
        slot = slot_of(places, version, party, window);
        if (*slot != 0) {
            *visit = *slot - 1;
            return CLR_OK;
        }
    }
    CLR_TRY(resolve(places, &made));
    CLR_TRY(reserve(places));
    *visit = (uint32_t)places->visit_count;
    places->visit[places->visit_count++] = made;
    *slot_of(places, version, party, window) = *visit + 1;
    return CLR_OK;
}

/** By code, then window; of one place the newest name first. */
static int compare_visits(const void *left, const void *right)
{
    const struct clr_visit *a = *(const struct clr_visit *const *)left;
    const struct clr_visit *b = *(const struct clr_visit *const *)right;
    const int by_code = strcmp(a->name.code, b->name.code);

    if (by_code != 0) return by_code;
    if (a->window != b->window) return a->window < b->window ? -1 : 1;
    if (a->named_by != b->named_by) return a->named_by > b->named_by ? -1 : 1;
    return 0;
}

enum clr_status clr_places_settle(struct clr_places *places)
{
    struct clr_visit **sorted = malloc((places->visit_count + 1) * sizeof *sorted);

    places->place = malloc((places->visit_count + 1) * sizeof *places->place);
    if (sorted == NULL || places->place == NULL) {
        free(sorted);
        return CLR_FULL;
    }
    for (size_t i = 0; i < places->visit_count; i++) sorted[i] = &places->visit[i];
    qsort(sorted, places->visit_count, sizeof *sorted, compare_visits);
    for (size_t i = 0; i < places->visit_count; i++) {
        const struct clr_visit *before = i > 0 ? sorted[i - 1] : NULL;
        const bool again = before != NULL && before->window == sorted[i]->window && strcmp(before->name.code, sorted[i]->name.code) == 0;
        if (!again) places->place[places->place_count++] = sorted[i]->name;
        sorted[i]->place = (uint32_t)places->place_count - 1;
    }
    free(sorted);
    return CLR_OK;
}

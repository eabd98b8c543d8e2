/* ledger_rules.c: see ledger_rules.h. */
#include "ledger_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CODES_MAX 256
#define CELLS 8

static char codes[CODES_MAX][CLR_CARD_TEXT_SIZE * 2];
static unsigned code_count;

clr_party ledger_party(const char *code)
{
    for (unsigned i = 0; i < code_count; i++) {
        if (strcmp(codes[i], code) == 0) return i + 1;
    }
    assert_true(code_count < CODES_MAX && strlen(code) < sizeof codes[0]);
    strcpy(codes[code_count], code);
    return ++code_count;
}

int ledger_row(const struct clr_rules *rules, const char *code)
{
    const int row = clr_rules_participant(rules, clr_bytes_text(code), CLR_DAY_NONE);

    if (row < 0) fail_msg("no participant %s", code);
    return row;
}

const struct clr_rules *ledger_lookup(void *context, uint32_t version)
{
    for (const struct clr_rules *const *rules = context; *rules != NULL; rules++) {
        if ((*rules)->version == version) return *rules;
    }
    return NULL;
}

/** "code,role,product,region,settles_via,account,from,to" as a row of participants.csv, with names made of the code and version. */
static void write_participant(FILE *out, uint32_t version, char *row)
{
    char *cell[CELLS];

    for (unsigned i = 0; i < CELLS; i++) {
        cell[i] = strsep(&row, ",");
        if (cell[i] == NULL) fail_msg("a participant row has %u cells", i);
    }
    fprintf(out, "%s,%s,%s,%s,,%s,%s,bank-%s,%s中%u,%s en%u,,%s,%s\n", cell[0], cell[1], cell[2], cell[3], cell[4], cell[5], cell[0],
            cell[0], version, cell[0], version, cell[6], cell[7]);
}

static void write_participants(FILE *out, uint32_t version, const char *rows)
{
    char *copy = strdup(rows), *rest = copy, *row;

    fputs("code,role,product,region,parent,settles_via,account,bank,name_zh,name_en,aliases,valid_from,valid_to\n", out);
    while ((row = strsep(&rest, "\n")) != NULL) {
        if (row[0] != '\0') write_participant(out, version, row);
    }
    free(copy);
}

struct clr_rules *ledger_rules(uint32_t version, const char *participants, const char *fees)
{
    static const char senders[] = "[any]\nmatch = *\n", windows[] = "[transit]\ncut_off = 24:00\n";
    static const char fee_header[] = "product,service,kind,issuer,acquirer,payer,on,basis,rate_ppm,fixed_fen,min_fen,max_fen,"
                                     "issuer_share_ppm,centre_share_ppm,refund,valid_from,valid_to\n";
    struct clr_rules_file file[] = { { .name = "fees.csv" }, { .name = "participants.csv" }, { .name = "senders.ini" }, { .name = "windows.ini" } };
    const struct clr_rules_folder folder = { .file = file, .count = COUNT_OF(file) };
    struct clr_fault fault = { 0 };
    struct clr_rules *rules = NULL;
    FILE *out;

    out = open_memstream((char **)&file[0].data, &file[0].size);
    fprintf(out, "%s%s", fee_header, fees);
    fclose(out);
    out = open_memstream((char **)&file[1].data, &file[1].size);
    write_participants(out, version, participants);
    fclose(out);
    file[2].data = (uint8_t *)(uintptr_t)senders;
    file[2].size = strlen(senders);
    file[3].data = (uint8_t *)(uintptr_t)windows;
    file[3].size = strlen(windows);
    if (clr_rules_parse(&folder, &rules, &fault) != CLR_OK) {
        fail_msg("%s:%llu %s %s: %s", fault.path, (unsigned long long)fault.line, fault.field, fault.seen, fault.en);
    }
    free(file[0].data);
    free(file[1].data);
    rules->version = version;
    for (size_t i = 0; i < rules->participant_count; i++) rules->participant[i].party = ledger_party(rules->participant[i].code);
    return rules;
}

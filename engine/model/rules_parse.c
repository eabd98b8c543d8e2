/* rules_parse.c: a folder's files into one version of rules, file after file; see rules_index.h for the order. */
#include <stdlib.h>

#include "model/rules_index.h"

enum clr_status clr_rules_place(struct clr_fault *fault, const char *file, uint64_t line, const char *column, struct clr_bytes seen, enum clr_status status)
{
    clr_fault_at(fault, file, line, column);
    clr_rules_seen(fault, seen);
    return status;
}

enum clr_status clr_rules_load_table(struct clr_rules_load *load, const char *name, const struct clr_rules_column *column, unsigned count,
                                     struct clr_rules_table *table, bool *there)
{
    const struct clr_rules_file *file = clr_rules_file_find(load->folder, name);

    *there = file != NULL;
    if (!*there) return CLR_OK;
    clr_rules_table_init(table, file->name, column, count, load->fault);
    clr_csv_init(&table->csv, clr_bytes_of(file->data, file->size));
    return clr_rules_table_header(table);
}

void *clr_rules_load_room(struct clr_rules_table *table, void *array, size_t count, size_t *capacity, size_t max, size_t size, enum clr_status *status)
{
    const size_t wanted = *capacity == 0 ? 64 : *capacity * 2;
    uint8_t *grown;

    *status = CLR_OK;
    if (count >= max) {
        *status = RULES_FAIL(table, -1, "more than %zu rows", "超过%zu行", max);
        return NULL;
    }
    if (count < *capacity) return array;
    grown = realloc(array, wanted * size);
    if (grown == NULL) {
        *status = clr_rules_out_of_memory(table->fault, table->file);
        return NULL;
    }
    memset(grown + *capacity * size, 0, (wanted - *capacity) * size);
    *capacity = wanted;
    return grown;
}

enum clr_status clr_rules_load_clash(struct clr_rules_load *load, struct clr_rules_spans *spans, const char *file, const char *column,
                                     const char *en, const char *zh)
{
    uint64_t earlier = 0;
    const struct clr_rules_span *clash = clr_rules_spans_clash(spans, &earlier);
    enum clr_status status = CLR_OK;

    if (clash != NULL) {
        status = clr_fault_say(load->fault, CLR_USAGE, en, zh, (unsigned long long)earlier);
        clr_rules_place(load->fault, file, clash->line, column, clash->key, status);
    }
    clr_rules_spans_free(spans);
    return status;
}

enum clr_status clr_rules_cell_participant(struct clr_rules_table *table, unsigned column, const struct clr_rules *rules, int *head)
{
    const struct clr_bytes code = clr_rules_cell(table, column);

    *head = -1;
    if (code.size == 0 || clr_bytes_equal(code, clr_bytes_text("*"))) return CLR_OK;
    *head = clr_rules_head(rules, code);
    if (*head >= 0) return CLR_OK;
    return RULES_FAIL(table, column, "no such participant in participants.csv", "participants.csv中没有该参与方");
}

static enum clr_status check_files(struct clr_rules_load *load)
{
    static const char *const needed[] = { "participants.csv", "senders.ini", "windows.ini" };

    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (clr_rules_file_find(load->folder, needed[i]) != NULL) continue;
        const enum clr_status status = clr_fault_say(load->fault, CLR_USAGE, "%s is missing", "缺少文件%s", needed[i]);
        clr_fault_at(load->fault, needed[i], 0, NULL);
        return status;
    }
    return CLR_OK;
}

/* A text and its NUL take no more room than the cell and the separator or line end behind it; a last line may have no end. Globs are
 * kept twice, as the sender's list and one by one, so twice that is enough for every file. */
static enum clr_status make_pool(struct clr_rules_load *load)
{
    size_t size = 1;

    for (size_t i = 0; i < load->folder->count; i++) {
        if (strcmp(load->folder->file[i].name, "status_list.bin") != 0) size += 2 * (load->folder->file[i].size + 1);
    }
    return clr_rules_pool_create(&load->index->pool, size) == CLR_OK ? CLR_OK : clr_rules_out_of_memory(load->fault, NULL);
}

static enum clr_status load_all(struct clr_rules_load *load)
{
    CLR_TRY(check_files(load));
    CLR_TRY(make_pool(load));
    CLR_TRY(clr_rules_load_participants(load));
    CLR_TRY(clr_rules_load_cards(load));
    CLR_TRY(clr_rules_load_fees(load));
    CLR_TRY(clr_rules_load_splits(load));
    CLR_TRY(clr_rules_load_calendar(load));
    CLR_TRY(clr_rules_load_limits(load));
    CLR_TRY(clr_rules_load_stops(load));
    CLR_TRY(clr_rules_load_senders(load));
    return clr_rules_load_windows(load);
}

enum clr_status clr_rules_parse(const struct clr_rules_folder *folder, struct clr_rules **out, struct clr_fault *fault)
{
    struct clr_rules *rules = calloc(1, sizeof *rules);
    struct clr_rules_load load = { folder, rules, calloc(1, sizeof *load.index), fault };
    enum clr_status status;

    if (rules == NULL || load.index == NULL) {
        free(rules);
        free(load.index);
        return clr_rules_out_of_memory(fault, NULL);
    }
    rules->index = load.index;
    memcpy(rules->digest, folder->digest, sizeof rules->digest);
    status = load_all(&load);
    if (status == CLR_OK) *out = rules;
    else clr_rules_destroy(rules);
    return status;
}

void clr_rules_destroy(struct clr_rules *rules)
{
    struct clr_rules_index *index;

    if (rules == NULL) return;
    index = rules->index;
    clr_rules_map_free(&index->codes);
    clr_rules_map_free(&index->aliases);
    clr_rules_map_free(&index->cards);
    clr_rules_map_free(&index->fees);
    clr_rules_map_free(&index->splits);
    clr_rules_pool_free(&index->pool);
    free(index->head);
    free(index->next);
    free(index->centre);
    free(index->card);
    free(index->fee_key);
    free(index->fee_candidate);
    free(index->fee_named);
    free(index->split);
    free(index->date);
    free(index->glob);
    free(index->sender_code);
    free(index->stop);
    free(index->stop_first);
    free(index->stop_seen);
    free(index);
    free(rules->participant);
    free(rules->fee);
    free(rules->sender);
    free(rules);
}

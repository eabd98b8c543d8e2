/*
 * duckdb_job.c: run SQL in a DuckDB file through its C library, found at run time, and print the rows of the last statement as CSV.
 *
 *     duckdb_job LIBDUCKDB.SO DATABASE SQL-FILE
 *
 * The few functions used are declared here: the package that brings the library brings no header.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* duckdb_result is a struct of six words, and the library fills it; there is room for more. */
struct result {
    void *word[16];
};

static struct {
    int (*open)(const char *path, void **database);
    int (*connect)(void *database, void **connection);
    int (*query)(void *connection, const char *sql, struct result *result);
    const char *(*result_error)(struct result *result);
    uint64_t (*row_count)(struct result *result);
    uint64_t (*column_count)(struct result *result);
    char *(*value_varchar)(struct result *result, uint64_t column, uint64_t row);
    void (*destroy_result)(struct result *result);
    void (*free)(void *memory);
    void (*disconnect)(void **connection);
    void (*close)(void **database);
} duckdb;

static void load(const char *path)
{
    static const struct { const char *name; void *to; } functions[] = {
        { "duckdb_open", &duckdb.open },
        { "duckdb_connect", &duckdb.connect },
        { "duckdb_query", &duckdb.query },
        { "duckdb_result_error", &duckdb.result_error },
        { "duckdb_row_count", &duckdb.row_count },
        { "duckdb_column_count", &duckdb.column_count },
        { "duckdb_value_varchar", &duckdb.value_varchar },
        { "duckdb_destroy_result", &duckdb.destroy_result },
        { "duckdb_free", &duckdb.free },
        { "duckdb_disconnect", &duckdb.disconnect },
        { "duckdb_close", &duckdb.close },
    };
    void *const library = dlopen(path, RTLD_NOW);

    for (size_t i = 0; library != NULL && i < sizeof functions / sizeof *functions; i++) {
        *(void **)functions[i].to = dlsym(library, functions[i].name);
        if (*(void **)functions[i].to == NULL) break;
    }
    if (library != NULL && duckdb.close != NULL) return;
    fprintf(stderr, "duckdb_job: %s\n", dlerror());
    exit(1);
}

static char *read_all(const char *path)
{
    FILE *const file = fopen(path, "r");
    char *const text = calloc(1, 1 << 16);

    if (file == NULL || text == NULL || fread(text, 1, (1 << 16) - 1, file) == 0) {
        perror(path);
        exit(1);
    }
    fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    void *database, *connection;
    struct result result = { { NULL } };

    if (argc != 4) {
        fputs("usage: duckdb_job LIBDUCKDB.SO DATABASE SQL-FILE\n", stderr);
        return 2;
    }
    load(argv[1]);
    char *const sql = read_all(argv[3]);
    if (duckdb.open(argv[2], &database) != 0 || duckdb.connect(database, &connection) != 0) {
        fprintf(stderr, "duckdb_job: %s cannot be opened\n", argv[2]);
        return 1;
    }
    /* One call runs several statements, but gives the rows of the first. Ours end where a line ends with a semicolon. */
    for (char *statement = sql, *end; (end = strstr(statement, ";\n")) != NULL; statement = end + 2) {
        end[0] = '\0';
        duckdb.destroy_result(&result);
        result = (struct result){ { NULL } };
        if (duckdb.query(connection, statement, &result) == 0) continue;
        fprintf(stderr, "duckdb_job: %s\n", duckdb.result_error(&result));
        return 1;
    }
    for (uint64_t row = 0; row < duckdb.row_count(&result); row++) {
        for (uint64_t column = 0; column < duckdb.column_count(&result); column++) {
            char *const text = duckdb.value_varchar(&result, column, row);
            printf("%s%s", column == 0 ? "" : ",", text);
            duckdb.free(text);
        }
        putchar('\n');
    }
    duckdb.destroy_result(&result);
    duckdb.disconnect(&connection);
    duckdb.close(&database);                /* closing writes what is left of the log into the file */
    free(sql);
    return 0;
}

/*
 * A file system for one SQLite connection in which nothing is ever written: the database, its
 * write-ahead log and its journal are opened for reading, and what SQLite writes lives in memory
 * over them. It locks nobody out; a shared flock(2) on the database keeps our own writers from
 * moving the log into it meanwhile (see db.c).
 */
#ifndef DIGEST_PORT_DB_OVERLAY_H
#define DIGEST_PORT_DB_OVERLAY_H

#include <stdbool.h>

struct db_overlay;

struct db_overlay *db_overlay_new(void);

/* Closes what is open. To be called after sqlite3_close(); db_overlay_free(NULL) does nothing. */
void db_overlay_free(struct db_overlay *overlay);

/* The name to open a connection by. */
const char *db_overlay_name(const struct db_overlay *overlay);

/* Whether another program changed the files under the connection, which fails its reads. */
bool db_overlay_is_disturbed(const struct db_overlay *overlay);

#endif

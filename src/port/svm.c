/*
 * Support vector machines by liblinear. It knows rows of numbers; words and papers are others'.
 */
#include "digest/svm.h"

#include "digest/mem.h"

#include <linear.h>
#include <stdlib.h>

enum { ROW_END = -1, LABEL_POSITIVE = 1, LABEL_NEGATIVE = -1 };

struct svm_rows {
	size_t feature_count;
	struct feature_node *nodes; /* of all rows, each with its bias and end after it */
	size_t node_count, node_room;
	size_t *starts; /* of each row in `nodes` */
	bool *is_positive;
	size_t count, room;
};

struct svm_rows *
svm_rows_new(size_t feature_count)
{
	struct svm_rows *rows = mem_alloc(sizeof(*rows));

	rows->feature_count = feature_count;
	return rows;
}

void
svm_rows_free(struct svm_rows *rows)
{
	if (rows == NULL)
		return;
	mem_free(rows->nodes);
	mem_free(rows->starts);
	mem_free(rows->is_positive);
	mem_free(rows);
}

static void
make_room(struct svm_rows *rows, size_t node_count, size_t count)
{
	if (rows->node_count + node_count > rows->node_room) {
		rows->node_room = (rows->node_count + node_count) * 3 / 2;
		rows->nodes = mem_resize(rows->nodes, rows->node_room * sizeof(*rows->nodes));
	}
	if (rows->count + count > rows->room) {
		rows->room = (rows->count + count) * 3 / 2;
		rows->starts = mem_resize(rows->starts, rows->room * sizeof(*rows->starts));
		rows->is_positive =
		    mem_resize(rows->is_positive, rows->room * sizeof(*rows->is_positive));
	}
}

void
svm_rows_add(struct svm_rows *rows, const struct svm_feature *features, size_t count,
    bool is_positive, size_t times)
{
	size_t start = rows->node_count;

	make_room(rows, count + 2, times);
	struct feature_node *node = &rows->nodes[start];
	for (size_t i = 0; i < count; i++)
		*node++ = (struct feature_node){ (int)features[i].index + 1, features[i].value };
	*node++ = (struct feature_node){ (int)rows->feature_count + 1, 1 };
	*node = (struct feature_node){ ROW_END, 0 };
	rows->node_count += count + 2;
	for (size_t i = 0; i < times; i++) {
		rows->starts[rows->count] = start;
		rows->is_positive[rows->count++] = is_positive;
	}
}

/* What liblinear has to say while it works is for no one. */
static void
ignore_text(const char *text)
{
	(void)text;
}

/*
 * liblinear does not look at what malloc() gives it: what it is going to take (a dozen numbers a
 * row and a few a feature) is asked for here, where a refusal ends the process in order.
 */
static void
check_memory(const struct svm_rows *rows)
{
	mem_free(mem_array(rows->count * 12 + rows->feature_count * 4 + 64, sizeof(double)));
}

static struct model *
learn(const struct svm_rows *rows, const struct svm_rules *rules, size_t positive_count)
{
	double *labels = mem_array(rows->count, sizeof(*labels));
	struct feature_node **starts = mem_array(rows->count, sizeof(struct feature_node *));
	int weight_labels[] = { LABEL_POSITIVE, LABEL_NEGATIVE };
	double all = (double)rows->count, positive = (double)positive_count;
	double weights[] = { all / (2 * positive), all / (2 * (all - positive)) };
	struct parameter parameter = {
		.solver_type = L2R_L2LOSS_SVC_DUAL,
		.eps = rules->tolerance,
		.C = rules->cost,
		.nr_weight = 2,
		.weight_label = weight_labels,
		.weight = weights,
	};
	struct problem problem = {
		.l = (int)rows->count,
		.n = (int)rows->feature_count + 1,
		.y = labels,
		.x = starts,
		.bias = 1,
	};

	for (size_t i = 0; i < rows->count; i++) {
		labels[i] = rows->is_positive[i] ? LABEL_POSITIVE : LABEL_NEGATIVE;
		starts[i] = &rows->nodes[rows->starts[i]];
	}
	check_memory(rows);
	set_print_string_function(ignore_text);
	/* It takes the rows in an order by rand(), which starts over here. */
	srand(1);
	struct model *model = train(&problem, &parameter);
	mem_free(labels);
	mem_free(starts);
	return model;
}

int
svm_train(const struct svm_rows *rows, const struct svm_rules *rules, double *weights, double *bias,
    struct err *err)
{
	size_t positive_count = 0;

	for (size_t i = 0; i < rows->count; i++)
		positive_count += rows->is_positive[i];
	if (positive_count == 0 || positive_count == rows->count)
		return err_set(err, EX_DATAERR, "there are no examples %s",
		    positive_count == 0 ? "to follow" : "to tell them from");

	struct model *model = learn(rows, rules, positive_count);
	/* Weights speak for the label that it met first. */
	double sign = model->label[0] == LABEL_POSITIVE ? 1 : -1;
	for (size_t i = 0; i < rows->feature_count; i++)
		weights[i] = sign * model->w[i];
	*bias = sign * model->w[rows->feature_count];
	free_and_destroy_model(&model);
	return 0;
}

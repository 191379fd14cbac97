/* The machine tells what can be told, by weights that stand for it, and refuses what cannot. */
#include "unit.h"

#include "digest/svm.h"

static const struct svm_rules rules = { .cost = 1, .tolerance = 1e-8 };

static void
add(struct svm_rows *rows, double first, double second, bool is_positive)
{
	struct svm_feature features[] = { { 0, first }, { 1, second } };

	svm_rows_add(rows, features, 2, is_positive, 1);
}

static double
value(const double *weights, double bias, double first, double second)
{
	return weights[0] * first + weights[1] * second + bias;
}

static void
test_tells_apart(void **state)
{
	struct svm_rows *rows = svm_rows_new(2);
	struct err err = ERR_NONE;
	double weights[2], bias;

	(void)state;
	/* The kind that is met first is no matter. */
	add(rows, 1, 0, false);
	add(rows, 0.8, 0.3, false);
	add(rows, 0, 1, true);
	add(rows, 0.2, 0.9, true);
	assert_int_equal(svm_train(rows, &rules, weights, &bias, &err), 0);
	assert_true(weights[0] < 0 && weights[1] > 0);
	assert_true(value(weights, bias, 0.1, 1) > 0);
	assert_true(value(weights, bias, 1, 0.1) < 0);
	svm_rows_free(rows);
}

/*
 * One row of each kind at 1 and -1 on an axis, each weighing 1: the squared hinge loss has its
 * least for w²/2 + 2C(1 - w)² at w = 4C / (1 + 4C), the bias being 0.
 */
static void
test_is_the_machine_of_the_paper(void **state)
{
	struct svm_rows *rows = svm_rows_new(1);
	struct svm_feature up = { 0, 1 }, down = { 0, -1 };
	struct err err = ERR_NONE;
	double weight, bias;

	(void)state;
	svm_rows_add(rows, &up, 1, true, 1);
	svm_rows_add(rows, &down, 1, false, 1);
	assert_int_equal(svm_train(rows, &rules, &weight, &bias, &err), 0);
	assert_float_equal(weight, 0.8, 1e-5);
	assert_float_equal(bias, 0, 1e-5);
	svm_rows_free(rows);
}

/* However few rows there are of a kind, it counts as much: a crowd of the other moves nothing. */
static void
test_kinds_count_alike(void **state)
{
	struct svm_rows *rows = svm_rows_new(1);
	struct svm_feature up = { 0, 1 }, down = { 0, -1 };
	/* Weights are relative to all rows, of which there are 50 times as many. */
	const struct svm_rules light = { .cost = 1.0 / 50, .tolerance = 1e-8 };
	struct err err = ERR_NONE;
	double weight, bias;

	(void)state;
	svm_rows_add(rows, &up, 1, true, 1);
	for (int i = 0; i < 9; i++)
		svm_rows_add(rows, &down, 1, false, 1);
	svm_rows_add(rows, &down, 1, false, 90);
	assert_int_equal(svm_train(rows, &light, &weight, &bias, &err), 0);
	assert_float_equal(weight, 0.8, 2e-2);
	assert_float_equal(bias, 0, 2e-2);
	svm_rows_free(rows);
}

static void
test_same_rows_same_weights(void **state)
{
	double weights[2][2], bias[2];
	struct err err = ERR_NONE;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct svm_rows *rows = svm_rows_new(2);
		for (int j = 0; j < 500; j++)
			add(rows, (j * 7 % 11) / 11.0, (j * 5 % 13) / 13.0, j % 3 == 0);
		assert_int_equal(svm_train(rows, &rules, weights[i], &bias[i], &err), 0);
		svm_rows_free(rows);
		/* Whoever else asks for random numbers changes nothing. */
		rand();
	}
	assert_memory_equal(weights[0], weights[1], sizeof(weights[0]));
	assert_memory_equal(&bias[0], &bias[1], sizeof(bias[0]));
}

static void
test_one_kind_teaches_nothing(void **state)
{
	struct svm_rows *rows = svm_rows_new(2);
	struct err err = ERR_NONE;
	double weights[2], bias;

	(void)state;
	assert_int_equal(svm_train(rows, &rules, weights, &bias, &err), -1);
	assert_int_equal(err.code, EX_DATAERR);
	add(rows, 1, 1, true);
	err_clear(&err);
	assert_int_equal(svm_train(rows, &rules, weights, &bias, &err), -1);
	assert_string_equal(err.text, "there are no examples to tell them from");
	svm_rows_free(rows);
	svm_rows_free(NULL);
}

/* A row may have no feature at all, and there may be no features. */
static void
test_empty_rows(void **state)
{
	struct svm_rows *rows = svm_rows_new(0);
	struct err err = ERR_NONE;
	double weight = 0, bias;

	(void)state;
	svm_rows_add(rows, NULL, 0, true, 1);
	svm_rows_add(rows, NULL, 0, false, 1);
	assert_int_equal(svm_train(rows, &rules, &weight, &bias, &err), 0);
	assert_float_equal(bias, 0, 1e-6);
	svm_rows_free(rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tells_apart),
		cmocka_unit_test(test_is_the_machine_of_the_paper),
		cmocka_unit_test(test_kinds_count_alike),
		cmocka_unit_test(test_same_rows_same_weights),
		cmocka_unit_test(test_one_kind_teaches_nothing),
		cmocka_unit_test(test_empty_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

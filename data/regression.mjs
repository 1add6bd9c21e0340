/** Logistic regression by Newton's method, with a penalty for large weights (ridge): small, exact, and the same in every run. */

/** Weights for the columns of `rows`; `penalty` says how dear each is. */
export function logistic(rows, wanted, importance, penalty) {
  const size = penalty.length;
  const weights = new Array(size).fill(0);
  for (let round = 0; round < 25; round++) {
    const gradient = weights.map((weight, i) => -penalty[i] * weight);
    const curvature = penalty.map((dear, i) => Float64Array.from({ length: size }, (_, k) => (k === i ? dear + 1e-9 : 0)));
    rows.forEach((row, at) => {
      const chance = 1 / (1 + Math.exp(-dot(weights, row)));
      const off = importance[at] * (wanted[at] - chance);
      const spread = importance[at] * chance * (1 - chance);
      for (let i = 0; i < size; i++) {
        if (row[i] === 0) continue;
        gradient[i] += off * row[i];
        for (let k = 0; k < size; k++) curvature[i][k] += spread * row[i] * row[k];
      }
    });
    const step = solve(curvature, gradient).map((by) => Math.max(-3, Math.min(3, by)));
    step.forEach((by, i) => {
      weights[i] += by;
    });
    if (Math.max(...step.map(Math.abs)) < 1e-4) break;
  }
  return weights;
}

export function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Gauss with pivots. */
function solve(matrix, right) {
  const size = right.length;
  for (let i = 0; i < size; i++) {
    let pivot = i;
    for (let r = i + 1; r < size; r++) if (Math.abs(matrix[r][i]) > Math.abs(matrix[pivot][i])) pivot = r;
    [matrix[i], matrix[pivot]] = [matrix[pivot], matrix[i]];
    [right[i], right[pivot]] = [right[pivot], right[i]];
    for (let r = i + 1; r < size; r++) {
      const times = matrix[r][i] / matrix[i][i];
      if (times === 0) continue;
      for (let k = i; k < size; k++) matrix[r][k] -= times * matrix[i][k];
      right[r] -= times * right[i];
    }
  }
  const solution = new Array(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    let rest = right[i];
    for (let k = i + 1; k < size; k++) rest -= matrix[i][k] * solution[k];
    solution[i] = rest / matrix[i][i];
  }
  return solution;
}

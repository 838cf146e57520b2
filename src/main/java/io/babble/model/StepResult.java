package io.babble.model;

/**
 * Loss and gradient of a training step, measured before it changed a weight.
 *
 * @param textNats sum of −ln p over the fresh targets that are text, unknown characters left out
 * @param endOfTextNats sum of −ln p over the fresh targets that are end-of-text
 * @param gradientNorm global L2 norm of the gradient of the weighted mean loss, before clipping
 * @param clipped whether clipping changed the gradient
 * @param skipped whether loss or gradient was not finite, so that no weight, moment or state changed
 */
public record StepResult(
        double textNats, double endOfTextNats, double gradientNorm, boolean clipped, boolean skipped) {}

/**
 * Everything that depends on Flink's internals: classes that are not part of its public API and may change with any release. To be
 * looked at first when Flink is upgraded.
 */
package io.babble.job.internals;

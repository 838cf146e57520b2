/**
 * What depends most on Flink's internals: how snapshots, raw state and savepoints are laid out. These classes are not
 * part of Flink's API and may change with any release. To be looked at first when Flink is upgraded.
 */
package io.babble.job.internals;

# Means with standard errors of items by role, as R's survey package computes them: one design, one call an item.
# Prints the seconds of each call, without reading the file and making the design, and the most memory held in MB.
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "adjust")
arguments <- commandArgs(trailingOnly = TRUE)
respondents <- read.csv(arguments[1])
design <- svydesign(ids = ~1, strata = ~post_stratum, weights = ~weight, data = respondents)
for (item in setdiff(names(respondents), c("post_stratum", "weight", "role"))) {
  seconds <- system.time(
    svyby(as.formula(paste0("~", item)), ~role, design, svymean, na.rm = TRUE)
  )[["elapsed"]]
  cat(seconds, sum(gc()[, 6]), "\n")
}

# Two commands are all that a fresh Debian or Ubuntu needs: `make run` and `make test`. The work is done by small scripts.
scripts := src-tauri/crates/canteen-dev/scripts

.PHONY: help run test package check-platforms figures screenshot icons
.DEFAULT_GOAL := help

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 24

run: ## Install what is missing, build, set up the demo company, open the app
	@$(scripts)/run.sh

test: ## Install what is missing, then run every check and test
	@$(scripts)/test.sh

package: ## Build for release and make .deb and .rpm files of it
	@$(scripts)/package.sh

check-platforms: ## Type-check the workspace for Windows and macOS (heavy, 1 GB in the cache)
	@$(scripts)/check-platforms.sh

figures: ## Build for release and measure what the closing note reports
	@$(scripts)/figures.sh

screenshot: ## Renew the pictures of the real window in the README and the docs
	@$(scripts)/screenshot.sh

icons: ## Draw the icons again from their SVG files
	@$(scripts)/icons.sh

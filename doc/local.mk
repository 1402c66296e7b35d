# doc/
dist_man_MANS += %D%/claimcheck-processes.7 %D%/spoold.8 %D%/spoold.conf.5

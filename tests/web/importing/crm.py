"""Made-up exports of deals, each with the headers under which a CRM writes them."""

# ruff: noqa: E501 (the lines of exports are as long as they are)

from __future__ import annotations

HUBSPOT = """Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Currency,Pipeline,Create Date,Closed Lost Reason,Is Closed Won,Is closed lost,Deal Type,Associated Contact IDs,Associated Contact,Associated Company IDs,Associated Company,Last Activity Date
9001,Alder coaching,Appointment Scheduled,2026-04-15 10:00,Ada Owner,2400,EUR,Sales Pipeline,2026-01-10 09:00,,false,false,newbusiness,501,Ann Alder (ann@alder.example),701,Alder GmbH,2026-02-01 09:00
9002,Birch site,Closed Won,2026-02-20 16:00,Ada Owner,12000,EUR,Sales Pipeline,2026-01-12 11:00,,true,false,newbusiness,502;503,Bob Birch (bob@birch.example);Bea Birch (bea@birch.example),702,Birch Ltd,2026-02-20 16:00
9003,Cedar audit,Closed Lost,2026-02-10 12:00,Nobody Known,3500.50,EUR,Sales Pipeline,2026-01-15 08:30,Too dear,false,true,newbusiness,504,Cem Cedar (cem@cedar.example),703,Cedar,2026-02-10 12:00
9004,Dogwood retainer,Contract Sent,2025-12-31 10:00,,,,Sales Pipeline,2025-11-01 10:00,,false,false,existingbusiness,,,704,Dogwood Inc,
9005,Alder renewal,Qualified To Buy,2026-06-30 10:00,Ada Owner,2600,EUR,Sales Pipeline,2026-02-02 10:00,,false,false,existingbusiness,501,Ann Alder (ann@alder.example),701,Alder GmbH,
"""
SALESFORCE = """Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,Amount Currency,Close Date,Created Date,Lead Source,Closed,Won,Loss Reason,Contact: Email
0061,Aldo seats,Aldo Corp,Mia,Closed Won,"12,000.00",USD,2/15/2026,1/20/2026,Trade Show,1,1,,al@aldo.example
0062,Brix renewal,Brix Inc,Mia,Closed Lost,"8,000.00",USD,2/28/2026,1/22/2026,Web,1,0,Price,bo@brix.example
0063,Cato pilot,Cato SA,Raj,Proposal/Price Quote,"5,000.00",USD,6/30/2026,2/2/2026,Partner,0,0,,
0064,Cato more,Cato SA,Raj,Qualification,"7,000.00",USD,7/30/2026,2/3/2026,Partner,0,0,,
"""
PIPEDRIVE = """Deal - ID,Deal - Title,Deal - Owner,Deal - Value,Deal - Currency of Value,Deal - Organization,Deal - Contact person,Deal - Stage,Deal - Status,Deal - Deal created,Deal - Won time,Deal - Lost time,Deal - Deal closed on,Deal - Lost reason,Deal - Expected close date,Person - Email - Work
11,Roof Miller,Eva,7200,EUR,Miller KG,Max Miller,Offer,Won,2026-01-01 08:15:00,2026-02-02 17:00:00,,2026-02-02 17:00:00,,2026-03-10,max@miller.example
12,Roof Sanz,Eva,3100,EUR,,Pia Sanz,First talk,Lost,2026-01-03 09:00:00,,2026-01-20 12:30:00,2026-01-20 12:30:00,Price,2026-04-01,pia@sanz.example
13,Solar Otto,Jan,"15.000,50",EUR,Ott GmbH,Otto Ott,Offer,Open,2026-02-05 10:45:00,,,,,2026-05-01,otto@ott.example
"""
ZOHO = """Record Id,Deal Owner.id,Deal Owner,Amount,Deal Name,Closing Date,Account Name.id,Account Name,Stage,Type,Probability (%),Expected Revenue,Next Step,Lead Source,Contact Name.id,Contact Name,Reason For Loss,Created Time,Modified Time,Currency
zcrm_4001,zcrm_1,Eva Ender,1200,Logo Fox,2026-04-30,zcrm_31,Fox Ltd,Negotiation/Review,New Business,90,1080,call,Web,zcrm_21,Fay Fox,,2026-01-09 10:00:00,2026-02-01 10:00:00,EUR
zcrm_4002,zcrm_1,Eva Ender,800,Logo Gnu,2026-02-11,zcrm_32,Gnu Ltd,Closed Won,New Business,100,800,,Web,zcrm_22,Gus Gnu,,2026-01-10 10:00:00,2026-02-11 10:00:00,EUR
zcrm_4003,zcrm_1,Eva Ender,900,Logo Hen,2026-02-12,zcrm_33,Hen Ltd,Closed Lost to Competition,New Business,0,0,,Web,zcrm_23,Hal Hen,Competitor,2026-01-11 10:00:00,2026-02-12 10:00:00,EUR
"""
LIST = """Client,E-mail,Deal,Value,Offer sent,Expected close,Status,Reason lost
Ida Ivy,ida@ivy.example,Website,"1.200,00 €",12.01.2026,15.04.2026,open,
Jo Jay,jo@jay.example,Logo,800 €,14.01.2026,,won,
Kai Kay,kai@kay.example,Flyer,,15.01.2026,30.04.2026,lost,went elsewhere
Lea Lee,lea@lee.example,Shop,5.000 €,,30.05.2026,open,
"""
